"""The words that file names are made of besides titles: tags, languages, season and episode words. Data only, no rules.

Every entry is written in lower case and is a regular-expression fragment. *Strong* entries never occur in a title;
*weak* ones are also ordinary words and count only beside a strong tag, in a bracket of their own, or after the year.
"""

VIDEO_EXTENSIONS = frozenset(
    "3g2 3gp asf avi divx dv f4v flv iso m1v m2t m2ts m2v m4v mk3d mkv mov mp4 mpe mpeg mpg mpv mts mxf ogm ogv qt rm rmvb"
    " strm ts vob webm wmv wtv xvid".split()
)
# Files that stand beside a video and carry its name.
SIDECAR_EXTENSIONS = frozenset("ass idx jpg nfo nzb png srt ssa sub sup torrent vtt".split())

# --- strong tags -------------------------------------------------------------------------------------------------
_CHANNELS = r"(?:[ ._\-]{0,2}[1-9][ ._][0-9](?:[ ._]?ch)?)?"
_SERVICES = (
    "4od|9now|abc|ae|all4|amc|amzn|anpl|as|aptv|atvp|bbc|bcore|bili|cbc|cbs|cc|cmax|cmt|cnbc|cr|crav|criterion|crkl|cw|dcu"
    "|disc|dplay|dscp|dsny|dsnp|dtv|epix|espn|fod|fox|funi|hbo|hidive|hist|hmax|hoichoi|hs|hulu|ifc|ip|it|itv|itunes|jc|ma"
    "|max|mtv|mubi|nat[ ._-]?g|nbc|netflix|nf|nick|now|pbs|pcok|pmnp|pmtp|play|red|roku|sdi|seso|shmi|sho|sky|sonyliv"
    "|starz|stan|stz|sts|syfy|tbs|tf1|tnt|tubi|tving|unext|usan|vdl|vh1|viap|vice|viki|viu|vrv|wavve|wetv|ytr?|zee5"
)
STRONG_TAGS: tuple[str, ...] = (
    # resolution
    r"(?:m|hd|fhd|uhd|tc|blu-?ray|web-?rip|web-?dl|hdtv|bd)?[1-9][0-9]{2,3}[pi](?:[0-9]{2,3}(?:\.[0-9]+)?)?",
    r"[1-9][0-9]{2,3} ?[x*] ?[1-9][0-9]{2,3}[pi]?",
    r"[0-9o]{3,4}p|ultra[ ._\-]?hd|uhd|fhd|full[ ._\-]?hd",
    # video codecs and depth
    r"[hx][ ._\-]{0,2}26[3-6]|hevc(?:[ ._\-]?10)?|avc|av1|xvid|divx[0-9]?|vp9|mpeg[ ._\-]?[24]|vc[ ._\-]?1|nvenc",
    r"hi10p?|hi444pp?|ma10p|yuv[0-9]{3}p[0-9]*|(?:8|10|12)[ ._\-]?bits?|(?:8|10)b",
    # audio
    r"(?:(?:he[ ._\-]?)?aac(?:[ ._\-]lc)?|e?[ ._\-]?ac[ ._\-]?3[dx]?|eac3|dts(?:[ ._\-]?(?:hd|es|ma|hra|mad|x))*|dolby[ ._\-]?d"
    r"|true[ ._\-]?hd|flac|l?pcm|mp3|ddpa?|ddp?[ ._\-]{0,2}(?=[1-9][ ._][0-9]))(?:[0-9]?x[0-9]+)?"
    + _CHANNELS
    + r"(?:x[0-9])?",
    r"dd[p+]?[0-9]{2}|[1-9]\.[0-9](?:x[0-9])|[1-9](?:[ ._][0-9])?ch",
    # where it was taken from
    rf"(?:(?:{_SERVICES})[ ._\-]+)?web[ ._\-]?(?:dl|rip|hd|mux|cap)(?:[ ._\-]?(?:rip|mux))?",
    r"blu[ ._\-]?ray(?:[ ._\-]?rip)?|b[dr][ ._\-]?rip|bd[ ._\-]?(?:remux|mv)|bdmux|uhd[ ._\-]?(?:bd|remux)|remux|dvdivx|divx[ ._]?[0-9]\.[0-9.]+",
    r"dvd(?:[ ._\-]?(?:rip|scr|remux|full|mux)|r|5|9)?|hd[ ._\-]?(?:tv|rip|cam|ts|tc|dvd)(?:[ ._\-]?rip)?",
    r"[psda]dtv|dsr(?:ip)?|dvb(?:rip)?|(?:tv|sat|vhs|vod|ppv|cam|bd|ld)[ ._\-]?rip|telesync|telecine|workprint|s?vcd|laserdisc",
    r"dsnp|amzn|atvp|pcok|pmtp|hmax|dsny",
    # colour
    r"hdr(?:10)?(?:\+|plus)?|dolby[ ._\-]?vision|dovi|sdr",
    # subtitles and dubs
    r"(?:multi(?:ple)?|dual|triple|e|eng|soft|hard|kor|swe|dk|nl|ita|fin|multiple)[ ._\-]?(?:audios?|sub(?:s|bed|titles?)?)",
    r"(?:english|japanese|hindi|french|german|spanish|korean|chinese)[ ._\-](?:dub(?:s|bed)?|subs?|subbed|subtitles?|audio)",
    r"m-?subs?|vostfr|vosten|vost|subfrench|truefrench|vff|vf2|vfi|vfq|subita|subpack|ensubbed|dksubs|dubbed[ ._\-]pl|dublado",
    r"legendado|napisypl|lektor[ ._\-]?pl|multi[ ._\-]?sub(?:s|titles?)?|audio[ ._\-]latino|untouched",
    # size and rates
    r"[0-9]+(?:[.,][0-9]+)? ?[gm]i?b|[0-9]+ ?kbps|[0-9]{2,3}(?:\.[0-9]+)? ?fps",
)

# --- weak tags ---------------------------------------------------------------------------------------------------
LANGUAGES = frozenset(
    "arabic bengali brazilian cantonese castellano castilian chinese chs cht czech danish deutsch dutch eng english espanol"
    " español esp finnish flemish fre french fr gb ger german greek hebrew hin hindi hungarian icelandic ing indonesian ita"
    " italian jap japanese jpn kannada kor korean latin latino lat malayalam mandarin marathi norwegian persian pl polish"
    " portuguese punjabi rus russian slovak spa spanish swedish swesub tam tamil tel telugu thai tur turkish ukr ukrainian"
    " urdu vietnamese big5 nordic".split()
)
WEAK_WORDS = LANGUAGES | frozenset(
    "2k 3d 4k 8k anime atmos audio avi batch bd cam chap complete convert criterion custom cut dc digital dirfix dl"
    " dual docu documentary doku dub dubbed dubs dv dvdr ddc extended extras fansub fastsub final fs gb hard hc hd hdr hd-tv hlg hq hsbs"
    " hybrid imax incomplete internal line ld limited md mkv mhd mini mp4 multi multisub multisubs miniserie miniseries"
    " nfo nfofix ntsc ogg open-matte opus oar pal ppv proper r5 r6 rated raw read readnfo real remastered repack rerip restored"
    " retail sbs screener sd sdr serie sub subbed subs subtitles subtitle softsub softsubs specials syncfix synced stereo"
    " theatrical tc ts tsrip tv uncensored uncut unrated upscale v2 vf vo vorbis web webcap ws x264 x265 japanese-audio weekly".split()
)
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

# --- numbering ---------------------------------------------------------------------------------------------------
SEASON_WORDS = (
    r"seasons?|saisons?|seizoen|temporadas?|stagion[ei]|staffeln?|sezon[iy]?|s[äæ]song?|sæson|kausi|évad"
    r"|сезон[ыа]?|シーズン|시즌|сез"
)
# Short or ambiguous season words, that take at most two digits.
SEASON_WORDS_SHORT = r"temp|se|sn"
# Words that may follow their number: "2 сезон", "3ª Temporada".
SEASON_WORDS_AFTER = r"temporadas?|stagion[ei]|staffel|seizoen|sezon[iy]?|sez|saison|сезон[ыа]?|сез|évad|シーズン|시즌"
EPISODE_WORDS = (
    r"episodes?|episodios?|[ée]pisodes?|epis[óo]dios?|eps?|folgen?|afl(?:evering(?:en)?)?|odc(?:inek)?|cap(?:[íi]tulo)?s?|odcinki"
    r"|сери[яи]|серій|серія|эпизод(?:ы)?|выпуск|epizod|rész|jakso|avsnitt|afsnit|الحلقة"
)
# At the very start of a name only: "Session 05", "Act 3".
EPISODE_WORDS_LEADING = r"session|act|acte|chapter|chapitre|kapitel|stage|lesson|mission|track|file|case|phase|scene"
EPISODE_WORDS_AFTER = (
    r"сери[яийю]|серій|серія|эпизод|выпуск|ser(?:i[ijy]a|ya|ii|ia)?|b[öo]l[üu]m|blm|odcinek|rész|[話话集回]|화|회"
)
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10,
}  # fmt: skip
CARDINALS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
}  # fmt: skip
HAN_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
         "sep sept september", "oct october", "nov november", "dec december"), start=1)
    for name in names.split()
}  # fmt: skip

# --- folders and extras ------------------------------------------------------------------------------------------
# Folders that organise a library and say nothing about what is in them.
GENERIC_FOLDERS = frozenset(
    "anime animes bdmv cartoons cinema completed content data documentaries downloads download dvd films film filme home"
    " incoming kids library libraries media medias mnt movie movies nas new serie series server share shared shows stream"
    " storage temp test tmp torrents tv tvshows tv-shows usb users unsorted video videos video_ts vol volume volumes"
    " animation kdrama kdramas drama dramas sorted complete usenet nzb root srv var opt export public disk disk1 disk2"
    " hdd hdd1 hdd2".split()
) | {"tv shows", "tv series", "tv show", "tv drop"}
# Shelves of one kind only; they tell a film from an episode where the name does not.
FILM_FOLDERS = frozenset({"movies", "movie", "films", "film", "filme", "cinema"})
SERIES_FOLDERS = frozenset(
    {"tv", "tvshows", "tv-shows", "tv shows", "tv series", "series", "serien", "shows", "kdramas", "cartoons"}
)
SPECIALS_FOLDERS = frozenset(
    {"specials", "special", "season 00", "season 0", "spéciaux", "speciali", "especiales", "sp"}
)
OVA_FOLDERS = frozenset({"ova", "ovas", "oad", "oads", "ona"})
# Extra folders and suffixes; the kinds are those of the wire contract, "sample" is for the scanner to leave out.
EXTRA_FOLDERS = {
    "behind the scenes": "behind-the-scene", "behindthescenes": "behind-the-scene", "making of": "behind-the-scene",
    "deleted scenes": "deleted-scene", "deletedscenes": "deleted-scene", "interviews": "interview", "interview": "interview",
    "trailers": "trailer", "trailer": "trailer", "teasers": "trailer", "bloopers": "blooper", "gag reel": "blooper",
    "samples": "sample", "sample": "sample", "featurettes": "other", "featurette": "other", "extras": "other", "extra": "other",
    "clips": "other", "shorts": "other", "scenes": "other", "bonus": "other", "other": "other", "others": "other",
    "backdrops": "other", "theme-music": "other", "nc": "other", "creditless": "other", "menus": "other",
}  # fmt: skip
EXTRA_SUFFIXES = {
    "trailer": "trailer", "teaser": "trailer", "sample": "sample", "interview": "interview", "behindthescenes": "behind-the-scene",
    "behind the scenes": "behind-the-scene", "making of": "behind-the-scene", "makingof": "behind-the-scene",
    "deleted": "deleted-scene", "deletedscene": "deleted-scene", "deleted scene": "deleted-scene",
    "deleted scenes": "deleted-scene", "deletedscenes": "deleted-scene", "blooper": "blooper", "bloopers": "blooper",
    "gag reel": "blooper", "gagreel": "blooper", "featurette": "other", "featurettes": "other", "scene": "other", "clip": "other",
    "short": "other", "extra": "other", "extras": "other", "other": "other",
}  # fmt: skip

TOP_LEVEL_DOMAINS = (
    r"com|net|org|info|biz|tv|me|to|cc|co|io|in|my|cd|ru|se|eu|de|fr|uk|ca|it|pl|nl|es|pw|ws|am|lol|cx|mx|lt|ag|art|show|pics"
    r"|site|xyz|club|hair|vip|online|top|link|life|world|fun|live|app|dev|download|za|au|nz|nu|fi|is|si|re|la|li|mobi|works"
)
