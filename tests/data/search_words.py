"""The words that the invented titles of `search_catalogue` are made of, in seven writings. No rules."""

from __future__ import annotations

#: English, French, German, Spanish, Russian, Japanese, its romanisation; one noun a line.
NOUNS = [
    tuple(line.split())
    for line in """
river rivière Fluss río река 川 kawa
castle château Schloss castillo замок 城 shiro
shadow ombre Schatten sombra тень 影 kage
winter hiver Winter invierno зима 冬 fuyu
garden jardin Garten jardín сад 庭 niwa
mountain montagne Berg montaña гора 山 yama
forest forêt Wald bosque лес 森 mori
stranger étranger Fremder extraño незнакомец 旅人 tabibito
letter lettre Brief carta письмо 手紙 tegami
mirror miroir Spiegel espejo зеркало 鏡 kagami
island île Insel isla остров 島 shima
daughter fille Tochter hija дочь 娘 musume
soldier soldat Soldat soldado солдат 兵士 heishi
kingdom royaume Königreich reino королевство 王国 oukoku
thunder tonnerre Donner trueno гром 雷 kaminari
station gare Bahnhof estación станция 駅 eki
butterfly papillon Schmetterling mariposa бабочка 蝶 chou
lighthouse phare Leuchtturm faro маяк 灯台 toudai
dragon dragon Drache dragón дракон 竜 ryuu
wolf loup Wolf lobo волк 狼 ookami
promise promesse Versprechen promesa обещание 約束 yakusoku
memory mémoire Erinnerung memoria память 記憶 kioku
village village Dorf aldea деревня 村 mura
detective détective Detektiv detective сыщик 探偵 tantei
bridge pont Brücke puente мост 橋 hashi
treasure trésor Schatz tesoro сокровище 宝 takara
doctor médecin Arzt médico доктор 医者 isha
secret secret Geheimnis secreto тайна 秘密 himitsu
witch sorcière Hexe bruja ведьма 魔女 majo
moon lune Mond luna луна 月 tsuki
ocean océan Ozean océano океан 海 umi
school école Schule escuela школа 学校 gakkou
fire feu Feuer fuego огонь 火 hi
storm tempête Sturm tormenta буря 嵐 arashi
angel ange Engel ángel ангел 天使 tenshi
machine machine Maschine máquina машина 機械 kikai
robber voleur Räuber ladrón грабитель 泥棒 dorobou
library bibliothèque Bibliothek biblioteca библиотека 図書館 toshokan
emperor empereur Kaiser emperador император 皇帝 koutei
violin violon Geige violín скрипка 提琴 teikin
hunter chasseur Jäger cazador охотник 狩人 karyuudo
desert désert Wüste desierto пустыня 砂漠 sabaku
prisoner prisonnier Gefangener prisionero узник 囚人 shuujin
circus cirque Zirkus circo цирк 曲馬 kyokuba
diary journal Tagebuch diario дневник 日記 nikki
harbour port Hafen puerto гавань 港 minato
widow veuve Witwe viuda вдова 未亡人 miboujin
sword épée Schwert espada меч 剣 tsurugi
planet planète Planet planeta планета 惑星 wakusei
ghost fantôme Gespenst fantasma призрак 幽霊 yuurei
orchard verger Obstgarten huerto огород 果樹園 kajuen
pilot pilote Pilot piloto пилот 操縦士 soujuushi
hospital hôpital Krankenhaus hospital больница 病院 byouin
carnival carnaval Karneval carnaval карнавал 謝肉祭 shanikusai
painter peintre Maler pintor художник 画家 gaka
window fenêtre Fenster ventana окно 窓 mado
clock horloge Uhr reloj часы 時計 tokei
bride fiancée Braut novia невеста 花嫁 hanayome
prophet prophète Prophet profeta пророк 預言者 yogensha
voyage voyage Reise viaje путешествие 旅 tabi
""".strip().splitlines()
]

#: The same for adjectives.
ADJECTIVES = [
    tuple(line.split())
    for line in """
silent silencieux Stille silencioso тихий 静かな shizukana
golden doré Goldene dorado золотой 金の kinno
broken brisé Gebrochene roto разбитый 壊れた kowareta
hidden caché Verborgene oculto скрытый 隠れた kakureta
eternal éternel Ewige eterno вечный 永遠の eienno
crimson écarlate Scharlachrote carmesí багровый 真紅の shinkuno
invisible invisible Unsichtbare invisible невидимый 見えない mienai
lonely solitaire Einsame solitario одинокий 孤独な kodokuna
frozen gelé Gefrorene helado замёрзший 凍った kootta
wandering errant Wandernde errante бродячий 彷徨う samayou
forgotten oublié Vergessene olvidado забытый 忘れられた wasurerareta
beautiful beau Schöne hermoso прекрасный 美しい utsukushii
dangerous dangereux Gefährliche peligroso опасный 危険な kikenna
ancient ancien Alte antiguo древний 古代の kodaino
electric électrique Elektrische eléctrico электрический 電気の denkino
midnight minuit Mitternächtliche medianoche полуночный 真夜中の mayonakano
burning brûlant Brennende ardiente горящий 燃える moeru
distant lointain Ferne lejano далёкий 遠い tooi
crooked tordu Krumme torcido кривой 曲がった magatta
velvet velours Samtene terciopelo бархатный 絹の kinuno
stolen volé Gestohlene robado украденный 盗まれた nusumareta
sleeping endormi Schlafende dormido спящий 眠れる nemureru
little petit Kleine pequeño маленький 小さな chiisana
terrible terrible Schreckliche terrible ужасный 恐ろしい osoroshii
innocent innocent Unschuldige inocente невинный 無垢な mukuna
faithful fidèle Treue fiel верный 忠実な chuujitsuna
hollow creux Hohle hueco полый 空っぽの karappono
impossible impossible Unmögliche imposible невозможный 不可能な fukanouna
wicked méchant Böse malvado злой 邪悪な jaakuna
northern nordique Nördliche norteño северный 北の kitano
""".strip().splitlines()
]

#: Syllables of invented names: Latin, Cyrillic, katakana, Hangul.
SYLLABLES = [
    tuple(line.split())
    for line in """
ka ка カ 카
mi ми ミ 미
ro ро ロ 로
ve ве ヴェ 베
lan лан ラン 란
dor дор ドル 도르
te те テ 테
shi ши シ 시
ma ма マ 마
rin рин リン 린
gu гу グ 구
el эл エル 엘
zan зан ザン 잔
to то ト 토
nya ня ニャ 냐
bel бел ベル 벨
fi фи フィ 피
os ос オス 오스
kor кор コル 코르
ja джа ジャ 자
lu лу ル 루
wen вен ウェン 웬
dra дра ドラ 드라
pe пе ペ 페
thi ти ティ 티
sol сол ソル 솔
han хан ハン 한
mor мор モル 모르
que кве クエ 퀘
ba ба バ 바
""".strip().splitlines()
]

GIVEN_NAMES = [
    "Amélie",
    "Zoé",
    "Björn",
    "Søren",
    "Łukasz",
    "José",
    "Núria",
    "Chloé",
    "André",
    "Irène",
    "Günther",
    "Jürgen",
    "Märta",
    "Åsa",
    "Élodie",
    "Benoît",
    "François",
    "Iñigo",
    "Óscar",
    "Žofie",
    "Miloš",
    "Dušan",
    "Renée",
    "Hélène",
    "Théo",
    "Maël",
    "Loïc",
    "Agnès",
    "Cécile",
    "Jörg",
    "Käthe",
    "Sören",
    "Ángela",
    "Begoña",
    "Raúl",
    "Inés",
    "Sofía",
    "Tomáš",
    "Jiří",
    "Alice",
    "Bernard",
    "Clara",
    "Daniel",
    "Edith",
    "Frank",
    "George",
    "Harriet",
    "Isaac",
    "Julia",
    "Kenneth",
    "Laura",
    "Martin",
    "Nora",
    "Oliver",
    "Paula",
    "Robert",
    "Stella",
    "Victor",
    "Walter",
    "Yvonne",
    "Albert",
    "Beatrice",
    "Charles",
    "Diana",
    "Edward",
    "Florence",
    "Gilbert",
    "Helen",
    "Ivan",
    "Josephine",
    "Katherine",
    "Leonard",
]
