"""Doubles of Trakt, SIMKL, MyAnimeList and AniList, as their documentation and recorded answers have them."""
