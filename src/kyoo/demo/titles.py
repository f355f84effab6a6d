"""What the demo shows: invented films, series, people and studios. No real title, person or company is meant."""

from __future__ import annotations

from dataclasses import dataclass, field

from kyoo.demo.drawing import Scene

#: language → text
Texts = dict[str, str]


@dataclass(frozen=True)
class Title:
    """What films and series have in common. `cast`: (actor, character); `age`: from which age it may be watched."""

    title: str
    year: int
    scene: Scene
    genres: tuple[str, ...]
    tags: tuple[str, ...]
    age: int
    rating: float
    studio: str
    director: str
    writer: str
    cast: tuple[tuple[str, str], ...]
    tagline: str
    plot: Texts
    #: language → title, where it is another one
    names: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Film(Title):
    """`versions`: further files of it, as their names end. `rich`: with several languages, subtitles and chapters."""

    collection: str | None = None
    versions: tuple[str, ...] = ()
    rich: bool = False


@dataclass(frozen=True)
class Episode:
    """`palette`: the hour of the day, if another than the serie's."""

    name: str
    plot: str
    palette: str | None = None


@dataclass(frozen=True)
class Feature:
    """A film that belongs to a serie: watched after episode `after` (season, number), or retelling what was before."""

    name: str
    plot: str
    year: int
    after: tuple[int, int]
    recap: bool
    palette: str


@dataclass(frozen=True)
class Season:
    name: str
    year: int
    episodes: tuple[Episode, ...]
    #: Numbers without a file.
    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class Serie(Title):
    """`extras`: (folder, name). `original`: the language it was made in."""

    seasons: tuple[Season, ...] = ()
    features: tuple[Feature, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    ended: bool = True
    original: str = "en"


COLLECTION = "The Tidewater Films"
COLLECTION_TEXTS = {
    "en": "Three stories from one small harbour, told by three generations who never quite say what they mean.",
    "fr": "Trois histoires d'un même petit port, par trois générations qui taisent l'essentiel.",
    "de": "Drei Geschichten aus einem kleinen Hafen, erzählt von drei Generationen, die viel verschweigen.",
}

# fmt: off
FILMS = (
    Film(
        "A Quiet Harbour", 2011, Scene("sea", "dusk", "boat"), ("Drama",), ("sea", "brothers"), 6, 8.1,
        "Lantern Row", "Ilse Varga", "Ilse Varga",
        (("Tomo Reyes", "Anders"), ("Nils Okafor", "Jonas"), ("Mina Harlow", "The Harbourmaster")),
        "The tide keeps what it is told.",
        {
            "en": "Two brothers wait a winter long for a boat that may not return. What they say to each other while "
            "they mend the nets would have filled a summer; what they leave out has filled their lives.",
            "fr": "Deux frères attendent tout un hiver un bateau qui ne reviendra peut-être pas. En réparant les "
            "filets, ils se disent enfin ce que toute une vie avait tu.",
            "de": "Zwei Brüder warten einen Winter lang auf ein Boot, das vielleicht nicht wiederkommt. Beim Flicken "
            "der Netze sagen sie sich, was ein Leben lang ungesagt blieb.",
        },
        {"fr": "Un port tranquille", "de": "Ein stiller Hafen"},
        COLLECTION, rich=True,
    ),
    Film(
        "The Second Tide", 2014, Scene("sea", "dawn", "lighthouse"), ("Drama", "Mystery"), ("sea", "letters"), 12, 7.6,
        "Lantern Row", "Ilse Varga", "Per Adler",
        (("Mina Harlow", "The Harbourmaster"), ("Zoe Marchetti", "Runa")),
        "Every bottle has a sender.",
        {
            "en": "Bottles with letters wash ashore, all of them dated tomorrow. The harbourmaster begins to answer.",
            "fr": "Des bouteilles s'échouent, porteuses de lettres datées du lendemain. La capitaine du port y répond.",
            "de": "Flaschen mit Briefen werden angespült, alle von morgen. Die Hafenmeisterin beginnt zu antworten.",
        },
        {"fr": "La seconde marée", "de": "Die zweite Flut"},
        COLLECTION,
    ),
    Film(
        "Lights Out at Sea", 2018, Scene("sea", "night", "lighthouse"), ("Drama", "Thriller"), ("sea", "storm"),
        16, 7.2,
        "Lantern Row", "Per Adler", "Per Adler",
        (("Zoe Marchetti", "Runa"), ("Tomo Reyes", "Anders"), ("Ravi Kline", "The Stranger")),
        "Somebody put out the lamp.",
        {
            "en": "On the night of the great storm the lighthouse goes dark, and only four people had the key.",
            "fr": "La nuit de la grande tempête, le phare s'éteint ; quatre personnes seulement en avaient la clé.",
            "de": "In der Nacht des großen Sturms erlischt der Leuchtturm, und nur vier Menschen hatten den Schlüssel.",
        },
        {"fr": "Feux éteints en mer", "de": "Lichter aus auf See"},
        COLLECTION,
    ),
    Film(
        "Paper Moons", 2019, Scene("hills", "rose", "figure"), ("Fantasy", "Family"), ("letters", "moon"), 0, 8.4,
        "Wren & Thimble", "Ada Bruun", "Noor Castell",
        (("Lina Osei", "Pip"), ("Mina Harlow", "Grandmother")),
        "Fold, wish, let go.",
        {
            "en": "A girl folds moons out of letters that were never sent. One of them rises, and somebody reads it.",
            "fr": "Une fillette plie des lunes dans des lettres jamais envoyées. L'une d'elles se lève.",
            "de": "Ein Mädchen faltet Monde aus nie abgeschickten Briefen. Einer von ihnen geht auf.",
        },
        {"fr": "Lunes de papier", "de": "Papiermonde"},
    ),
    Film(
        "The Cartographer", 2016, Scene("dunes", "amber", "figure"), ("Adventure", "History"), ("maps", "desert"),
        12, 7.9,
        "North Window", "Noor Castell", "Ravi Kline",
        (("Nils Okafor", "Ibrahim Sol"), ("Zoe Marchetti", "The Guide"), ("Per Adler", "Captain Voss")),
        "He was paid to draw a land he had never seen.",
        {
            "en": "A map maker who has never left his street is sent to correct his own work, and finds that the "
            "desert has been reading it.",
            "fr": "Un cartographe qui n'a jamais quitté sa rue doit corriger son œuvre sur place.",
            "de": "Ein Kartenmacher, der seine Straße nie verlassen hat, soll sein Werk an Ort und Stelle berichtigen.",
        },
        {"fr": "Le Cartographe", "de": "Der Kartograf"},
        versions=(" - Director's Cut", " - 480p"),
    ),
    Film(
        "Salt and Iron", 1998, Scene("peaks", "amber", "train"), ("Western", "Action"), ("train", "mine"), 16, 6.8,
        "North Window", "Per Adler", "Tomo Reyes",
        (("Ravi Kline", "Silas Crane"), ("Ada Bruun", "Widow Hart")),
        "The last train carries more than ore.",
        {
            "en": "The last train to the mines is a day late, and everybody in town has a reason to be glad of it.",
            "fr": "Le dernier train de la mine a un jour de retard, et toute la ville a ses raisons de s'en réjouir.",
            "de": "Der letzte Zug zur Mine hat einen Tag Verspätung, und jeder im Ort hat Grund, froh darüber zu sein.",
        },
    ),
    Film(
        "Signal Lost", 2022, Scene("space", "neon", "figure"), ("Science Fiction", "Thriller"), ("space", "radio"),
        12, 7.7,
        "Perihelion", "Zoe Marchetti", "Zoe Marchetti",
        (("Lina Osei", "Commander Reyes"), ("Nils Okafor", "The Voice")),
        "An answer comes forty years after the question.",
        {
            "en": "The last listener of a closed observatory hears her own voice, recorded before she was born.",
            "fr": "La dernière veilleuse d'un observatoire fermé entend sa propre voix, plus vieille qu'elle.",
            "de": "Die letzte Lauscherin einer stillgelegten Sternwarte hört ihre eigene Stimme, älter als sie selbst.",
        },
        {"fr": "Signal perdu", "de": "Signal verloren"},
    ),
    Film(
        "Winter Orchard", 2007, Scene("hills", "frost", "tree"), ("Romance", "Drama"), ("winter", "village"), 6, 7.0,
        "Wren & Thimble", "Ada Bruun", "Ilse Varga",
        (("Noor Castell", "Elin"), ("Tomo Reyes", "Matej")),
        "Apples ripen in January.",
        {
            "en": "Apples ripen in the snow and nobody asks why, until a stranger buys the whole harvest.",
            "fr": "Des pommes mûrissent sous la neige et personne ne s'en étonne, jusqu'au jour où tout est vendu.",
            "de": "Äpfel reifen im Schnee, und niemand fragt, bis ein Fremder die ganze Ernte kauft.",
        },
        {"fr": "Le verger d'hiver", "de": "Wintergarten der Äpfel"},
    ),
    Film(
        "Glass Garden", 2003, Scene("forest", "mint", "house"), ("Mystery", "Horror"), ("plants",), 16, 6.5,
        "Perihelion", "Ravi Kline", "Ada Bruun",
        (("Mina Harlow", "Dr. Fenn"), ("Per Adler", "The Visitor")),
        "They are counting.",
        {
            "en": "A botanist hears her plants count the visitors. The number is always one too high.",
            "fr": "Une botaniste entend ses plantes compter les visiteurs. Il y en a toujours un de trop.",
            "de": "Eine Botanikerin hört ihre Pflanzen die Besucher zählen. Es ist immer einer zu viel.",
        },
    ),
    Film(
        "Three Balloons to Breakfast", 2021, Scene("hills", "noon", "balloon"), ("Comedy", "Kids", "Animation"),
        ("balloon", "race"), 0, 7.4,
        "Wren & Thimble", "Lina Osei", "Lina Osei",
        (("Tomo Reyes", "Uncle Bertil"), ("Noor Castell", "The Goose")),
        "The slowest race in the world.",
        {
            "en": "Three families race in balloons from one valley to the next. The winner cooks.",
            "fr": "Trois familles font la course en ballon d'une vallée à l'autre. Le vainqueur cuisine.",
            "de": "Drei Familien fahren im Ballon um die Wette, von einem Tal ins nächste. Wer gewinnt, kocht.",
        },
        {"fr": "Trois ballons au petit-déjeuner", "de": "Drei Ballons zum Frühstück"},
    ),
    Film(
        "Midnight Tram", 2024, Scene("city", "neon", "birds"), ("Crime", "Comedy"), ("city", "night"), 12, 7.1,
        "North Window", "Noor Castell", "Per Adler",
        (("Zoe Marchetti", "Line Four"), ("Ravi Kline", "Inspector Bly")),
        "Nobody gets off where they meant to.",
        {
            "en": "Seven passengers, one stolen violin, and a driver who has decided not to stop before sunrise.",
            "fr": "Sept passagers, un violon volé, et un conducteur décidé à ne pas s'arrêter avant l'aube.",
            "de": "Sieben Fahrgäste, eine gestohlene Geige und ein Fahrer, der vor Sonnenaufgang nicht halten will.",
        },
        {"fr": "Le tram de minuit", "de": "Die Mitternachtsbahn"},
    ),
)

SERIES = (
    Serie(
        "Northern Lights", 2020, Scene("peaks", "night", "lighthouse"), ("Mystery", "Drama"), ("lighthouse", "sea"),
        12, 8.6,
        "Lantern Row", "Ilse Varga", "Per Adler",
        (("Mina Harlow", "Signe"), ("Nils Okafor", "Ruben"), ("Lina Osei", "Ebba"), ("Ravi Kline", "The Inspector")),
        "Write down every ship. Also the ones you did not see.",
        {
            "en": "A lighthouse keeper writes down every ship that passes, also those that nobody else sees. When her "
            "log is read out in court, the whole coast learns what it has been looking away from.",
            "fr": "Une gardienne de phare note chaque navire qui passe, même ceux que personne d'autre ne voit.",
            "de": "Eine Leuchtturmwärterin notiert jedes Schiff, auch die, die sonst niemand sieht.",
        },
        {"fr": "Lumières du Nord", "de": "Nordlichter"},
        (
            Season("The Log", 2020, (
                Episode("The Keeper", "A page too many is found in the log of the northern light.", "dusk"),
                Episode("Fog", "For three days nothing passes, and on each of them Signe writes a name.", "frost"),
                Episode("A Name in the Log", "The inspector knows one of the ships. He was on it.", "storm"),
                Episode("Low Tide", "What lies between the island and the shore can be walked to once a year.", "dawn"),
                Episode("The Second Lamp", "Somebody answers from the other side of the bay.", "night"),
                Episode("What the Radio Said", "The closed channel is open, and it is addressed to Ebba.", "neon"),
            )),
            Season("The Harbour", 2022, (
                Episode("Witnesses", "The coast comes to court, and nobody saw anything.", "mint"),
                Episode("The Empty Berth", "A ship is missing that never existed on paper.", "dusk"),
                Episode("Ice", "The bay freezes for the first time since the log begins.", "frost"),
                Episode("The Keeper's Daughter", "Ebba reads the pages that were cut out.", "rose"),
                Episode("Northern Lights", "One last entry, in two hands.", "night"),
            ), missing=(4,)),
        ),
        extras=(("Trailers", "Teaser"), ("Behind The Scenes", "Building the Lighthouse")),
        ended=False,
    ),
    Serie(
        "Skylarks of Aonami", 2017, Scene("hills", "noon", "kite"), ("Animation", "Adventure", "Fantasy"),
        ("anime", "wind", "coming of age"), 6, 8.9,
        "Studio Harukaze", "Sora Minase", "Sora Minase",
        (("Yui Tanabe", "Hinata"), ("Ren Aoki", "Kaito"), ("Lina Osei", "The Wind")),
        "The wind remembers every kite.",
        {
            "en": "On the island of Aonami a kite that flies high enough may take its flyer along. Hinata has built "
            "one that does, and leaves with her best friend for the place where the wind is made.",
            "fr": "Sur l'île d'Aonami, un cerf-volant qui monte assez haut peut emporter celui qui le tient.",
            "de": "Auf der Insel Aonami nimmt ein Drachen, der hoch genug steigt, den mit, der ihn hält.",
            "ja": "青波島では、高く上がった凧は持ち主を連れて行くという。ひなたは親友と風の生まれる場所へ旅立つ。",
        },
        {"ja": "青波のひばり", "fr": "Les Alouettes d'Aonami", "de": "Die Lerchen von Aonami"},
        (
            Season("The Island", 2017, (
                Episode("A Kite Too Large", "Hinata needs nine metres of silk and does not say what for."),
                Episode("The Ferry Does Not Stop", "Kaito learns why nobody leaves Aonami by boat.", "mint"),
                Episode("Headwind", "The first flight lasts eleven seconds.", "dawn"),
                Episode("The Line", "Who holds the line decides where the kite may go.", "amber"),
                Episode("Above the Rain", "They are gone before the island wakes.", "rose"),
            )),
            Season("The Mainland", 2021, (
                Episode("A City Without Wind", "Nothing moves in the capital, and nobody finds it odd.", "storm"),
                Episode("The Weather Office", "Wind is a matter of forms, and the forms are gone.", "mint"),
                Episode("Dragon Season", "Every roof has a kite, and all of them look the same way.", "dusk"),
                Episode("Home Is Downwind", "One of them flies back.", "dawn"),
            )),
        ),
        (
            Feature("First Wind", "The island's year, told again from the sky.", 2019, (1, 5), True, "dawn"),
            Feature("Letters Aloft", "What Kaito wrote and never sent, in his own words.", 2019, (1, 5), True, "dusk"),
            Feature("The Place Where Wind Is Made", "Hinata and Kaito cross the sea.", 2020, (1, 5),
                    False, "neon"),
        ),
        extras=(("Extras", "Clean Opening"),),
        original="ja",
    ),
    Serie(
        "Corner Shop", 2023, Scene("city", "dawn", "birds"), ("Comedy",), ("neighbours", "city"), 6, 7.3,
        "North Window", "Lina Osei", "Noor Castell",
        (("Tomo Reyes", "Mr. Abel"), ("Ada Bruun", "Greta"), ("Noor Castell", "Customer")),
        "Open until somebody leaves.",
        {
            "en": "A shop that sells one of everything, and the four people who cannot agree what to order next.",
            "fr": "Une boutique qui vend un exemplaire de tout, et quatre personnes qui ne s'accordent sur rien.",
            "de": "Ein Laden, der von allem eines verkauft, und vier Leute, die sich nie einig werden.",
        },
        {"fr": "L'épicerie du coin", "de": "Der Laden an der Ecke"},
        (
            Season("", 2023, (
                Episode("One of Everything", "The stocktaking finds two of something.", "dawn"),
                Episode("The Return", "A customer brings back an umbrella from 1974.", "storm"),
                Episode("Closing Time", "It is.", "neon"),
            )),
        ),
        ended=False,
    ),
    Serie(
        "Small Rivers", 2018, Scene("forest", "green", "birds"), ("Documentary", "Family"), ("nature", "rivers"),
        0, 8.0,
        "Perihelion", "Ada Bruun", "Ada Bruun",
        (("Mina Harlow", "Narrator"),),
        "Every river is the largest one to somebody.",
        {
            "en": "Four rivers that appear on no map, followed on foot from the first drop to the sea.",
            "fr": "Quatre rivières absentes des cartes, suivies à pied de la première goutte jusqu'à la mer.",
            "de": "Vier Flüsse, die auf keiner Karte stehen, zu Fuß vom ersten Tropfen bis ins Meer.",
        },
        {"fr": "Petites rivières", "de": "Kleine Flüsse"},
        (
            Season("", 2018, (
                Episode("The Spring", "A drop that took forty years to arrive.", "mint"),
                Episode("The Mill", "Everybody who ever moved this water, and whom it moved.", "dawn"),
                Episode("The Delta", "Where nobody can say which river it is.", "dusk"),
            )),
        ),
    ),
)
