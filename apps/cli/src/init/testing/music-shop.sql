-- In the manner of a well-known sample of a music shop: names in CamelCase, declared lengths, dates as texts, a composite key.
PRAGMA foreign_keys = OFF;
CREATE TABLE [Artist] ([ArtistId] INTEGER NOT NULL, [Name] NVARCHAR(120), CONSTRAINT [PK_Artist] PRIMARY KEY ([ArtistId]));
CREATE TABLE [Album] (
  [AlbumId] INTEGER NOT NULL, [Title] NVARCHAR(160) NOT NULL, [ArtistId] INTEGER NOT NULL,
  CONSTRAINT [PK_Album] PRIMARY KEY ([AlbumId]),
  FOREIGN KEY ([ArtistId]) REFERENCES [Artist] ([ArtistId]) ON DELETE NO ACTION ON UPDATE NO ACTION);
CREATE TABLE [MediaType] ([MediaTypeId] INTEGER PRIMARY KEY NOT NULL, [Name] NVARCHAR(120));
CREATE TABLE [Employee] (
  [EmployeeId] INTEGER PRIMARY KEY NOT NULL, [LastName] NVARCHAR(20) NOT NULL, [ReportsTo] INTEGER, [BirthDate] DATETIME, [Photo] BLOB,
  FOREIGN KEY ([ReportsTo]) REFERENCES [Employee] ([EmployeeId]));
CREATE TABLE [Track] (
  [TrackId] INTEGER PRIMARY KEY NOT NULL, [Name] NVARCHAR(200) NOT NULL, [AlbumId] INTEGER, [MediaTypeId] INTEGER NOT NULL,
  [Milliseconds] INTEGER NOT NULL, [UnitPrice] NUMERIC(10,2) NOT NULL DEFAULT 0.99,
  FOREIGN KEY ([AlbumId]) REFERENCES [Album] ([AlbumId]), FOREIGN KEY ([MediaTypeId]) REFERENCES [MediaType] ([MediaTypeId]));
CREATE TABLE [Playlist] ([PlaylistId] INTEGER PRIMARY KEY NOT NULL, [Name] NVARCHAR(120));
CREATE TABLE [PlaylistTrack] (
  [PlaylistId] INTEGER NOT NULL, [TrackId] INTEGER NOT NULL, CONSTRAINT [PK_PlaylistTrack] PRIMARY KEY ([PlaylistId], [TrackId]),
  FOREIGN KEY ([PlaylistId]) REFERENCES [Playlist] ([PlaylistId]), FOREIGN KEY ([TrackId]) REFERENCES [Track] ([TrackId]));
CREATE INDEX [IFK_AlbumArtistId] ON [Album] ([ArtistId]);
INSERT INTO Artist VALUES (1, 'Ann'), (2, 'Bö & Co.'), (3, NULL);
INSERT INTO Album VALUES (1, 'First', 1), (2, 'Second', 1), (3, 'Other', 2);
INSERT INTO MediaType VALUES (1, 'MPEG');
INSERT INTO Employee VALUES (1, 'Adams', NULL, '1962-02-18 00:00:00', X'00ff'), (2, 'Edwards', 1, '1958-12-08 00:00:00', NULL);
INSERT INTO Track VALUES (1, 'One', 1, 1, 343719, 0.99), (2, 'Two', 1, 1, 5, 1), (3, 'Three', NULL, 1, 6, 1.29);
INSERT INTO Playlist VALUES (1, 'All');
INSERT INTO PlaylistTrack VALUES (1, 1), (1, 2);
