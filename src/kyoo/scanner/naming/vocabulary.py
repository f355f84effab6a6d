"""The words that file names are made of besides titles: tags, languages, season and episode words. Data only, no rules.

Every entry is written in lower case and is a regular-expression fragment. *Strong* entries never occur in a title;
*weak* ones are also ordinary words and count only beside a strong tag, in a bracket of their own, or after the year.
"""

_VIDEO_EXTENSIONS = """
3g2 3gp asf avi divx dv f4v flv iso m1v m2t m2ts m2v m4v mk3d mkv mov mp4 mpe mpeg mpg mpv mts mxf ogm ogv qt rm
rmvb strm ts vob webm wmv wtv xvid
"""
VIDEO_EXTENSIONS = frozenset(_VIDEO_EXTENSIONS.split())
# Files that stand beside a video and carry its name.
_SIDECARS = "ass idx jpg nfo nzb png srt ssa sub sup torrent vtt"
SIDECAR_EXTENSIONS = frozenset(_SIDECARS.split())

# --- strong tags -------------------------------------------------------------------------------------------------
_CHANNELS = r"(?:[ ._\-]{0,2}[1-9][ ._][0-9](?:[ ._]?ch)?)?"
_SERVICES = (
    "4od|9now|abc|ae|all4|amc|amzn|anpl|as|aptv|atvp|bbc|bcore|bili|cbc|cbs|cc|cmax|cmt|cnbc|cr|crav|criterion|crkl|cw|dcu"
    "|disc|dplay|dscp|dsny|dsnp|dtv|epix|espn|fod|fox|funi|hbo|hidive|hist|hmax|hoichoi|hs|hulu|ifc|ip|it|itv|itunes|jc|ma"
    "|max|mtv|mubi|nat[ ._-]?g|nbc|netflix|nf|nick|now|pbs|pcok|pmnp|pmtp|play|red|roku|sdi|seso|shmi|sho|sky|sonyliv"
    "|starz|stan|stz|sts|syfy|tbs|tf1|tnt|tubi|tving|unext|usan|vdl|vh1|viap|vice|viki|viu|vrv|wavve|wetv|ytr?|zee5"
)
_DUBS = "english|japanese|hindi|french|german|spanish|korean|chinese"
_GLUED = r"(?:[0-9]{2,3}(?:\.[0-9]+)?|uhd|hdr|hevc|[hx]26[45]|web(?:-?dl|rip)?|blu-?ray)?"
STRONG_TAGS: tuple[str, ...] = (
    # resolution
    r"(?:m|hd|fhd|uhd|tc|blu-?ray|web-?rip|web-?dl|hdtv|bd)?[1-9][0-9]{2,3}[pi]" + _GLUED,
    r"[1-9][0-9]{2,3}(?:[x*]| [x*] )[1-9][0-9]{2,3}[pi]?",
    r"[0-9o]{3,4}p|[48]k|ultra[ ._\-]?hd|uhd|fhd|full[ ._\-]?hd",
    # video codecs and depth
    r"[hx][ ._\-]{0,2}26[3-6]|hevc(?:[ ._\-]?10)?|avc|av1|xvid|divx[0-9]?|vp9|mpeg[ ._\-]?[24]|vc[ ._\-]?1|nvenc",
    r"hi10p?|hi444pp?|ma10p|yuv[0-9]{3}p[0-9]*|(?:8|10|12)[ ._\-]?bits?|(?:8|10)b",
    # audio
    r"(?:(?:he[ ._\-]?)?aac(?:[ ._\-]lc)?|e?[ ._\-]?ac[ ._\-]?3[dx]?|eac3"
    r"|dts(?:[ ._\-]?(?:hd|es|ma|hra|mad|x))*|dolby[ ._\-]?d|true[ ._\-]?hd|flac|l?pcm|mp3"
    r"|ddpa?|ddp?[ ._\-]{0,2}(?=[1-9][ ._][0-9]))(?:[0-9]?x[0-9]+)?" + _CHANNELS + r"(?:x[0-9])?",
    r"dd[p+]?[0-9]{2}|[1-9]\.[0-9](?:x[0-9])|[1-9](?:[ ._][0-9])?ch",
    # where it was taken from
    rf"(?:(?:{_SERVICES})[ ._\-]+)?web[ ._\-]?(?:dl|rip|hd|mux|cap)(?:[ ._\-]?(?:rip|mux))?",
    r"blu[ ._\-]?ray(?:[ ._\-]?(?:rip|remux))?",
    r"b[dr][ ._\-]?rip|bd[ ._\-]?(?:remux|mv|mux)|uhd[ ._\-]?(?:bd|remux)|remux|dvdivx",
    r"divx[ ._]?[0-9]\.[0-9.]+",
    r"dvd(?:[ ._\-]?(?:rip|scr|remux|full|mux)|r|5|9)?|hd[ ._\-]?(?:tv|rip|cam|ts|tc|dvd)(?:[ ._\-]?rip)?",
    r"[psda]dtv|dsr(?:ip)?|dvb(?:rip)?|(?:tv|sat|vhs|vod|ppv|cam|bd|ld)[ ._\-]?rip",
    r"[bcdfghjkmnpqtvwxz]{2,4}rip",
    r"telesync|telecine|workprint|s?vcd|laserdisc",
    r"dsnp|amzn|atvp|pcok|pmtp|hmax|dsny",
    # colour
    r"hdr(?:10)?(?:\+|plus)?|dolby[ ._\-]?vision|dovi|sdr",
    # subtitles and dubs
    r"(?:multi(?:ple)?|dual|triple|e|eng|soft|hard|kor|swe|dk|nl|ita|fin)[ ._\-]?(?:audios?|sub(?:s|bed|titles?)?)",
    rf"(?:{_DUBS})[ ._\-](?:dub(?:s|bed)?|subs?|subbed|subtitles?|audio)",
    r"m-?subs?|vostfr|vosten|vost|subfrench|truefrench|vff|vf2|vfi|vfq|subita|subpack|ensubbed|dksubs",
    r"dubbed[ ._\-]pl|dublado",
    r"legendado|napisypl|lektor[ ._\-]?pl|multi[ ._\-]?sub(?:s|titles?)?|audio[ ._\-]latino|untouched",
    # two pictures for two eyes
    r"(?:h|half|f|full)[ ._\-]?(?:sbs|ou|tab)",
    # size and rates
    r"[0-9]+(?:[.,][0-9]+)? ?[gm]i?b|[0-9]+ ?kbps|[0-9]{2,3}(?:\.[0-9]+)? ?fps",
)

# --- weak tags ---------------------------------------------------------------------------------------------------
_LANGUAGES = """
albanian arabic bengali bhojpuri big5 brazilian bulgarian cantonese castellano castilian catalan chinese chs cht
croatian czech danish dansk deutsch dublado dutch eng english esp espanol español estonian fi finnish flemish fr fra
français francais fre french gb ger german greek gujarati hebrew hin hindi hungarian icelandic indonesian ing ita
italian italiano jap japanese jpn kannada kor korean lat latin latino latvian lithuanian magyar malayalam mandarin
marathi nacional nederlands nordic norsk norwegian persian pl polish portuguese ptbr punjabi romanian rus russian
serbian sinhala slovak slovenian spa spanish subfrench suomi svensk swe swedish swesub tagalog tam tamil tel telugu thai
tur turkce turkish türkçe ukr ukrainian urdu vietnamese vlaams
"""
LANGUAGES = frozenset(_LANGUAGES.split())
# Weak words that are no words of a title when they stand right before the year: "Deep Field 3D 2013".
_BEFORE_YEAR = "2k 3d 4k 8k dubbed extended hd hdr hq imax proper repack rerip subbed uhd uncut unrated"
BEFORE_YEAR = frozenset(_BEFORE_YEAR.split())
_WEAK_WORDS = """
2k 3d 4k 8k anime atmos audio avi batch bd cam chap complete convert criterion custom cut dc ddc digital dirfix
dl docu documentary doku dual dub dubbed dubs dv dvdr extended extras fansub fastsub final fs hard hc hd hdr hlg
hq hou hybrid imax incomplete internal ld limited line md mhd mini miniserie miniseries mkv mp4 multi multisub
multisubs nfo nfofix ntsc oar ogg opus pal ppv proper r5 r6 rated raw read readnfo real remastered repack rerip
restored retail sbs screener sd sdr serie softsub softsubs specials stereo sub subbed subs subtitle subtitles
synced syncfix tc theatrical ts tsrip tv uncensored uncut unrated upscale v2 vf vo vorbis web webcap weekly ws
x264 x265
"""
WEAK_WORDS = LANGUAGES | frozenset(_WEAK_WORDS.split())
# Editions: (pattern, name as shown).
EDITIONS: tuple[tuple[str, str], ...] = (
    (r"director'?s?'?[ ._\-]+(?:cut|edition)", "Director's Cut"),
    (r"extended(?:[ ._\-]+(?:director'?s[ ._\-]+)?(?:cut|edition|version))?", "Extended"),
    (r"theatrical(?:[ ._\-]+(?:cut|edition|version))?", "Theatrical"),
    (r"(?:final)[ ._\-]+cut", "Final Cut"),
    (r"international[ ._\-]+cut", "International Cut"),
    (r"(?:ultimate)[ ._\-]+(?:cut|edition)", "Ultimate Edition"),
    (r"special[ ._\-]+edition", "Special Edition"),
    (r"(?:collector'?s?)[ ._\-]+edition", "Collector's Edition"),
    (r"(?:limited)[ ._\-]+edition", "Limited Edition"),
    (r"(?:[0-9]{2}th[ ._\-]+)?anniversary[ ._\-]+edition", "Anniversary Edition"),
    (r"criterion(?:[ ._\-]+(?:collection|edition))?", "Criterion"),
    (r"unrated(?:[ ._\-]+(?:cut|edition|version))?", "Unrated"),
    (r"uncut(?:[ ._\-]+(?:edition|version))?", "Uncut"),
    (r"uncensored", "Uncensored"),
    (r"remastered|(?:4k|digitally)[ ._\-]+restored|(?:4k[ ._\-]+)?remaster", "Remastered"),
    (r"imax(?:[ ._\-]+(?:edition|enhanced))?", "IMAX"),
    (r"open[ ._\-]+matte", "Open Matte"),
    (r"fan[ ._\-]?edit", "Fan Edit"),
    (r"redux", "Redux"),
    (r"black[ ._\-]+(?:and|&)[ ._\-]+(?:white|chrome)[ ._\-]+(?:edition)", "Black & White"),
)

# What a release says of itself: (pattern, name as shown), the telling ones first.
RELEASE_WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    "source": (
        (r"(?:uhd[ ._\-]?)?(?:bd|blu[ ._\-]?ray)?[ ._\-]?remux", "Remux"),
        (r"web[ ._\-]?(?:rip|cap)", "WEBRip"),
        (r"web(?:[ ._\-]?(?:dl|hd|mux))?", "WEB-DL"),
        (r"blu[ ._\-]?ray(?:[ ._\-]?(?:rip|remux))?|b[dr][ ._\-]?rip|bd(?:mv|mux)?[0-9]*p?|uhd[ ._\-]?bd", "Blu-ray"),
        (r"hd[ ._\-]?dvd", "HD DVD"),
        (r"dvd(?:[ ._\-]?(?:rip|remux|full|mux)|r|5|9)?|dvdivx", "DVD"),
        (r"(?:dvd|bd)[ ._\-]?scr(?:eener)?|screener|scr", "Screener"),
        (r"hd[ ._\-]?tv(?:[ ._\-]?rip)?|[pda]tv|dsr(?:ip)?|dvb(?:rip)?|(?:tv|sat)[ ._\-]?rip", "TV"),
        (r"hd[ ._\-]?rip", "HDRip"),
        (r"vhs[ ._\-]?(?:rip)?", "VHS"),
        (r"telecine|hd[ ._\-]?tc", "Telecine"),
        (r"telesync|hd[ ._\-]?ts|(?:hd)?cam(?:[ ._\-]?rip)|hdcam", "Cam"),
    ),
    "codec": (
        (r"[hx][ ._\-]{0,2}265|hevc(?:[ ._\-]?10)?", "H.265"),
        (r"[hx][ ._\-]{0,2}264|avc|hi(?:10|444p)p?", "H.264"),
        (r"av1", "AV1"),
        (r"vp9", "VP9"),
        (r"vc[ ._\-]?1", "VC-1"),
        (r"xvid|divx[0-9]?|mpeg[ ._\-]?4", "MPEG-4"),
        (r"mpeg[ ._\-]?2", "MPEG-2"),
    ),
    "audio_codec": (
        (r"true[ ._\-]?hd(?:[ ._\-]?[1-9][ ._][0-9])?", "TrueHD"),
        (r"dts[ ._\-]?(?:hd[ ._\-]?(?:ma|hra)?|x|es)(?:[ ._\-]?[1-9][ ._][0-9])?", "DTS-HD"),
        (r"dts(?:[ ._\-]?[1-9][ ._][0-9])?", "DTS"),
        (r"dd[p+]a?(?:[ ._\-]?[1-9][ ._]?[0-9])?|e[ ._\-]?ac[ ._\-]?3", "E-AC-3"),
        (r"dd(?:[ ._\-]?[1-9][ ._]?[0-9])?|ac[ ._\-]?3|dolby[ ._\-]?d(?:igital)?", "AC-3"),
        (r"(?:he[ ._\-]?)?aac(?:[ ._\-]?lc)?(?:[ ._\-]?[1-9][ ._][0-9])?", "AAC"),
        (r"flac(?:[ ._\-]?[1-9][ ._][0-9])?(?:x[0-9])?", "FLAC"),
        (r"opus", "Opus"),
        (r"l?pcm", "PCM"),
        (r"mp3", "MP3"),
    ),
}
# Words for the language of the sound.
LANGUAGE_CODES = {
    word: code
    for code, words in {
        "ar": "arabic", "bg": "bulgarian", "ca": "catalan", "cs": "czech", "da": "danish dansk",
        "de": "german ger deutsch",
        "el": "greek", "en": "english eng", "es": "spanish spa esp castellano español espanol latino", "et": "estonian",
        "fa": "persian", "fi": "finnish suomi", "fr": "french fre fra truefrench vff vfi vf vf2 français",
        "he": "hebrew",
        "hi": "hindi hin", "hr": "croatian", "hu": "hungarian magyar", "id": "indonesian", "is": "icelandic",
        "it": "italian ita italiano", "ja": "japanese jap jpn", "kn": "kannada", "ko": "korean kor", "lt": "lithuanian",
        "lv": "latvian", "ml": "malayalam", "mr": "marathi", "nl": "dutch nederlands flemish vlaams",
        "no": "norwegian norsk", "pa": "punjabi", "pl": "polish", "pt": "portuguese brazilian dublado nacional",
        "ro": "romanian", "ru": "russian rus", "sk": "slovak", "sl": "slovenian", "sr": "serbian",
        "sv": "swedish svensk swe", "ta": "tamil tam", "te": "telugu tel", "th": "thai", "tr": "turkish tur türkçe",
        "uk": "ukrainian ukr", "ur": "urdu", "vi": "vietnamese", "zh": "chinese mandarin cantonese chs cht",
    }.items()
    for word in words.split()
}  # fmt: skip

# --- numbering ---------------------------------------------------------------------------------------------------
SEASON_WORDS = (
    r"seasons?|saisons?|seizoen(?:en)?|sezonul|temporadas?|stagion[ei]|staffeln?|sezon[iyae]?|s[äæ]song?|sesong|sæson"
    r"|kausi|évad|sezóna|séri[ea]|řada|hooaeg|musim|mùa|phần|σεζόν|κύκλος|сезон[ыаі]?|сез|עונה|الموسم|موسم|فصل|ซีซั่น|ภาค"
    r"|सीज़न|シーズン|시즌"
)
# Short or ambiguous season words, that take at most two digits.
SEASON_WORDS_SHORT = r"temp|se|sn"
# Words that may follow their number: "2 сезон", "3ª Temporada".
SEASON_WORDS_AFTER = (
    r"temporadas?|stagion[ei]|staffel|seizoen|sezon[iya]?|sez|saison|séri[ea]|řada|sezóna|kausi|säsong|sesong|sæson"
    r"|hooaeg|сезон[ыаі]?|сез|évad|シーズン|시즌|[季期기]"
)
EPISODE_WORDS = (
    r"episodes?|episodios?|[ée]pisodes?|epis[óo]dios?|episod(?:ul)?|eps?|folgen?|afl(?:evering(?:en)?)?|odc(?:inek)?"
    r"|odcinki|cap(?:[íi]tulo|ítol)?s?|puntat[ae]|epizod[ae]?|epizóda|rész|jakso|avsnitt|afsnit|díl|diel|b[öo]l[üu]m|tập"
    r"|επεισόδι[οα]|сери[яи]|серій|серія|э?епизод[ыиа]?|эпизод[ыа]?|выпуск|випуск|פרק|الحلقة|حلقة|حلقه|قسمت"
    r"|ตอนที่|एपिसोड|エピソード|에피소드"
)
# At the very start of a name only: "Session 05", "Act 3".
EPISODE_WORDS_LEADING = r"session|act|acte|chapter|chapitre|kapitel|stage|lesson|mission|track|file|case|phase|scene"
# Behind a dash, too: "Learn to Sail - Lecture 12".
LESSON_WORDS = (
    "lessons?|lectures?|lektion(?:en)?|leçons?|lecci[óo]n|lezion[ei]|clase|aula|урок|лекция|лекція|lekcja|lekce|ders"
)
EPISODE_WORDS_AFTER = (
    r"сери[яийю]|серій|серія|э?епизод|эпизод|выпуск|випуск|ser(?:i[ijy]a|ya|ii|ia)?|b[öo]l[üu]m|blm|odcinek|rész"
    r"|folge|epizod[ae]?|díl|diel|(?<=\.)dil|(?<=\. )dil|část|jakso|osa|avsnitt|afsnit|[話话集回]|화|회"
)

# --- folders and extras ------------------------------------------------------------------------------------------
# Folders that organise a library and say nothing about what is in them.
_GENERIC_FOLDERS = """
animation anime animes bdmv cartoons cinema complete completed content data disk disk1 disk2 documentaries
download downloads drama dramas dvd export film filme films hdd hdd1 hdd2 home incoming kdrama kdramas kids
libraries library media medias mnt movie movies nas new nzb opt public root serie series server share shared
shows sorted srv storage stream temp test tmp torrents tv tv-shows tvshows unsorted usb usenet users var video
video_ts videos vol volume volumes
"""
GENERIC_FOLDERS = frozenset(_GENERIC_FOLDERS.split()) | {"tv shows", "tv series", "tv show", "tv drop"}
# Shelves of one kind only; they tell a film from an episode where the name does not.
FILM_FOLDERS = frozenset({"movies", "movie", "films", "film", "filme", "cinema"})
SERIES_FOLDERS = frozenset(
    {"tv", "tvshows", "tv-shows", "tv shows", "tv series", "series", "serien", "shows", "kdramas", "cartoons"}
)
SPECIALS_FOLDERS = frozenset(
    {"specials", "special", "season 00", "season 0", "spéciaux", "speciali", "especiales", "sp"}
)
OVA_FOLDERS = frozenset({"ova", "ovas", "oad", "oads", "ona"})
# Extra folders and suffixes by kind: those of the wire contract, and "sample", which a scanner leaves out.
EXTRA_FOLDERS = {
    word: kind
    for kind, words in {
        "behind-the-scene": ("behind the scenes", "behindthescenes", "making of"),
        "deleted-scene": ("deleted scenes", "deletedscenes"),
        "interview": ("interviews", "interview"),
        "trailer": ("trailers", "trailer", "teasers"),
        "blooper": ("bloopers", "gag reel"),
        "sample": ("samples", "sample"),
        "other": (
            "featurettes", "featurette", "extras", "extra", "clips", "shorts", "scenes", "bonus", "other", "others",
            "backdrops", "theme music", "nc", "creditless", "menus",
        ),
    }.items()
    for word in words
}  # fmt: skip
EXTRA_SUFFIXES = {
    word: kind
    for kind, words in {
        "behind-the-scene": ("behindthescenes", "behind the scenes", "making of", "makingof"),
        "deleted-scene": ("deleted", "deletedscene", "deletedscenes", "deleted scene", "deleted scenes"),
        "interview": ("interview",),
        "trailer": ("trailer", "teaser"),
        "blooper": ("blooper", "bloopers", "gag reel", "gagreel"),
        "sample": ("sample",),
        "other": ("featurette", "featurettes", "scene", "clip", "short", "extra", "extras", "other"),
    }.items()
    for word in words
}

TOP_LEVEL_DOMAINS = (
    r"com|net|org|info|biz|tv|me|to|cc|co|io|in|my|cd|ru|se|eu|de|fr|uk|ca|it|pl|nl|es|pw|ws|am|lol|cx|mx|lt|ag|art|show"
    r"|pics|site|xyz|club|hair|vip|online|top|link|life|world|fun|live|app|dev|download|za|au|nz|nu|fi|is|si|re|la|li|mobi"
    r"|works"
)
