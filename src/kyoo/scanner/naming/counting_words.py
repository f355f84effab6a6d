"""Words that count: `second`, `seven`, `七`, `März`, in the languages names are written in. Data only, no rules."""

_ENGLISH = """
1 first premiere
2 second
3 third
4 fourth
5 fifth
6 sixth
7 seventh
8 eighth
9 ninth
10 tenth
"""
_ORDINALS = """
1 première primera primeira prima erste första første eerste
1 primero primo primeiro
1 первый первая перший перша pierwszy birinci الأول الاول الأولى الاولى
2 deuxième deuxieme segunda seconda zweite andra anden tweede
2 segundo secondo
2 второй вторая другий друга drugi ikinci الثاني الثانية الثانيه
3 troisième troisieme tercera terceira terza dritte tredje derde
3 tercero terzo terceiro
3 третий третья третій третя trzeci üçüncü الثالث الثالثة الثالثه
4 quatrième quatrieme cuarta quarta vierte fjärde fjerde vierde
4 cuarto quarto
4 четвертый четвёртый четвертая четвёртая czwarty dördüncü الرابع الرابعة الرابعه
5 cinquième cinquieme fünfte femte vijfde
5 quinto quinta
5 пятый пятая piąty beşinci الخامس الخامسة الخامسه
6 sixième sixieme sexta sesta sechste sjätte zesde
6 sexto sesto
6 шестой шестая szósty altıncı السادس السادسة السادسه
7 septième septieme séptima sétima settima siebte
7 séptimo settimo sétimo
7 седьмой седьмая siódmy yedinci السابع السابعة السابعه
8 huitième huitieme octava oitava ottava achte
8 octavo ottavo oitavo
8 восьмой восьмая ósmy sekizinci الثامن الثامنة الثامنه
9 neuvième neuvieme novena nona neunte
9 noveno nono
9 девятый девятая dziewiąty dokuzuncu التاسع التاسعة التاسعه
10 dixième dixieme décima zehnte
10 décimo decimo
10 десятый десятая dziesiąty onuncu العاشر العاشرة العاشره
"""
_MONTHS = """
1 jan january
2 feb february
3 mar march
4 apr april
5 may
6 jun june
7 jul july
8 aug august
9 sep sept september
10 oct october
11 nov november
12 dec december
"""
# Only behind their day: "Mars" and "Mai" are also words of titles.
_MONTHS_BEHIND = """
1 janvier januar jänner enero gennaio janeiro januari ianuarie января stycznia ocak
2 février fevrier februar febrero febbraio fevereiro februari февраля lutego şubat
3 mars märz maerz marzo março marco maart марта marca mart
4 avril abril aprile апреля kwietnia nisan
5 mai mayo maggio maio maj mei мая maja mayıs
6 juin juni junio giugno junho июня czerwca haziran
7 juillet juli julio luglio julho июля lipca temmuz
8 août aout agosto augusti августа sierpnia ağustos
9 septembre septiembre settembre setembro сентября września eylül
10 octobre oktober octubre ottobre outubro октября października ekim
11 novembre noviembre novembro ноября listopada kasım
12 décembre decembre dezember diciembre dicembre dezembro декабря grudnia aralık
"""


def _table(lines: str) -> dict[str, int]:
    """Word → number, from lines that begin with the number."""
    found: dict[str, int] = {}
    for line in lines.strip().splitlines():
        number, *words = line.split()
        found |= dict.fromkeys(words, int(number))
    return found


ENGLISH_ORDINALS = _table(_ENGLISH).keys()
ORDINALS = _table(_ENGLISH) | _table(_ORDINALS)
# Arabic counts on with two words: the twelfth, the twenty-second.
_ARABIC = {word: number for word, number in ORDINALS.items() if word.startswith("ال") and number < 10}
_ARABIC |= dict.fromkeys(("الحادي", "الحادية", "الحاديه"), 1)
ORDINALS |= {f"{word} {ten}": 10 + number for word, number in _ARABIC.items() for ten in ("عشر", "عشرة", "عشره")}
for _tens, _stem in ((20, "العشر"), (30, "الثلاث")):
    for _ten in (f"{_stem}ون", f"{_stem}ين"):
        ORDINALS |= {_ten: _tens} | {f"{word} و{_ten}": _tens + number for word, number in _ARABIC.items()}

_CARDINALS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
CARDINALS = {word: number for number, word in enumerate(_CARDINALS.split(), start=1)}
HAN_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九十", start=1)}
MONTHS = _table(_MONTHS)
MONTHS_BEHIND = _table(_MONTHS_BEHIND) | MONTHS
