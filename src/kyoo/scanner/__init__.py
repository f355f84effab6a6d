"""The scanner service: walks and watches folders, identifies files, feeds the api."""
