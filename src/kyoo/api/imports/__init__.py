"""Taking in what people watched elsewhere: files that they bring, other servers, a database of Kyoo 5."""
