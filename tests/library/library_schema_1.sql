-- A library as version 0.1 wrote it, schema 1: four sounds, tags by hand, a playlist.
PRAGMA application_id = 1263094601;
PRAGMA user_version = 1;
CREATE TABLE settings (
	"key" VARCHAR NOT NULL, 
	value VARCHAR NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE sounds (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	path_key BLOB NOT NULL, 
	path VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	folder VARCHAR NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	mtime_ns INTEGER NOT NULL, 
	content_hash VARCHAR NOT NULL, 
	format VARCHAR NOT NULL, 
	subtype VARCHAR NOT NULL, 
	sample_rate_hz INTEGER NOT NULL, 
	channels INTEGER NOT NULL, 
	duration_s FLOAT NOT NULL, 
	missing INTEGER NOT NULL, 
	UNIQUE (path_key)
);
CREATE INDEX sounds_by_content ON sounds (content_hash);
CREATE INDEX sounds_by_folder ON sounds (folder);
CREATE TABLE tags (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE failures (
	path_key BLOB NOT NULL, 
	path VARCHAR NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	mtime_ns INTEGER NOT NULL, 
	reason VARCHAR NOT NULL, 
	PRIMARY KEY (path_key)
);
CREATE TABLE playlists (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE windows (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sound_id INTEGER NOT NULL, 
	start_s FLOAT NOT NULL, 
	end_s FLOAT NOT NULL, 
	vector BLOB NOT NULL, 
	FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE
);
CREATE INDEX windows_by_sound ON windows (sound_id);
CREATE TABLE sound_tags (
	sound_id INTEGER NOT NULL, 
	tag_id INTEGER NOT NULL, 
	source VARCHAR NOT NULL, 
	score FLOAT NOT NULL, 
	PRIMARY KEY (sound_id, tag_id, source), 
	CHECK (source IN ('auto', 'user', 'rejected')), 
	FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE, 
	FOREIGN KEY(tag_id) REFERENCES tags (id) ON DELETE CASCADE
);
CREATE INDEX sound_tags_by_tag ON sound_tags (tag_id, score);
CREATE TABLE playlist_items (
	playlist_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	sound_id INTEGER NOT NULL, 
	UNIQUE (playlist_id, position), 
	FOREIGN KEY(playlist_id) REFERENCES playlists (id) ON DELETE CASCADE, 
	FOREIGN KEY(sound_id) REFERENCES sounds (id) ON DELETE CASCADE
);
CREATE INDEX playlist_items_by_sound ON playlist_items (sound_id);
CREATE VIRTUAL TABLE words USING fts5(name, folder, tags, tokenize = "unicode61 remove_diacritics 0");
INSERT INTO settings VALUES ('encoder_name', 'placeholder');
INSERT INTO settings VALUES ('encoder_identity', 'placeholder@5d2278eaaf21da63');
INSERT INTO settings VALUES ('encoder_card', '{"name": "placeholder", "title": "Placeholder for tests (band energies, untrained)", "paper": "none", "licence": "Apache-2.0", "training_data": "none", "sample_rate_hz": 16000, "embedding_size": 16, "frame_hop_s": 0.016, "window_s": 2.0, "vocabulary": ["placeholder/low", "placeholder/high"], "embedded": true}');
INSERT INTO settings VALUES ('created_at', '2026-11-21T15:12:35+00:00');
INSERT INTO settings VALUES ('revision', '1');
INSERT INTO sounds VALUES (1, X'2f736f756e64732f312e776176', '/sounds/1.wav', '1.wav', '/sounds', 16044, 1795273955433918557, '57e791ff5917bdd37c4124700817d084', 'WAV', 'PCM_16', 16000, 1, 0.5, 0);
INSERT INTO sounds VALUES (2, X'2f736f756e64732f322e776176', '/sounds/2.wav', '2.wav', '/sounds', 16044, 1795273955435193196, '7ff5bb30d0f16e8079a8c99a70db601a', 'WAV', 'PCM_16', 16000, 1, 0.5, 0);
INSERT INTO sounds VALUES (3, X'2f736f756e64732f332e776176', '/sounds/3.wav', '3.wav', '/sounds', 16044, 1795273955441760183, '6b0f29e2e1f84d0a5281cbc802ae3bd7', 'WAV', 'PCM_16', 16000, 1, 0.5, 0);
INSERT INTO sounds VALUES (4, X'2f736f756e64732fe38389e382a22e776176', '/sounds/ドア.wav', 'ドア.wav', '/sounds', 16044, 1795273955421760183, 'f3b666f9e922781585d2959afe2f22d9', 'WAV', 'PCM_16', 16000, 1, 0.5, 0);
INSERT INTO windows VALUES (1, 1, 0.0, 0.5, X'2530c9bff774b4c0b73a20412a516cc0954590406bfd18c111721c41ad7bd9c02c4c32c1118128c16ba0f040975a36c1b744b0405e9aaf410a403f41fffb4340');
INSERT INTO windows VALUES (2, 2, 0.0, 0.5, X'0f38e2bfdba1b4c070ce2041f9474fc0807a8d4019d013c1545717415125d9c0ac3a2dc1faa726c1a37aea405cfe39c17c8fb640e945af411f303a410dd04840');
INSERT INTO windows VALUES (3, 3, 0.0, 0.5, X'f7a5edbfe677b4c09a8f1a41d92055c024bc9d404daf16c1f2460a416b49e9c0722d26c1350c19c1c738f740b9023ac1428de140f029b1410d514841045e6840');
INSERT INTO windows VALUES (4, 4, 0.0, 0.5, X'492bb3bf8939b1c059851b4163bb82c0143f9440f0bd1fc19b451f41ccefddc0af9436c1d98229c15aaef7404d1232c1bd3db740b7f9ae415ebc4341691c4440');
INSERT INTO tags VALUES (1, 'placeholder/high');
INSERT INTO tags VALUES (2, 'placeholder/low');
INSERT INTO tags VALUES (3, 'thunder');
INSERT INTO sound_tags VALUES (1, 2, 'auto', 0.6028103232383728);
INSERT INTO sound_tags VALUES (1, 1, 'auto', 0.3971896767616272);
INSERT INTO sound_tags VALUES (2, 2, 'auto', 0.6246898174285889);
INSERT INTO sound_tags VALUES (2, 1, 'auto', 0.37531018257141113);
INSERT INTO sound_tags VALUES (3, 1, 'auto', 0.4147181510925293);
INSERT INTO sound_tags VALUES (4, 2, 'auto', 0.5728375911712646);
INSERT INTO sound_tags VALUES (4, 1, 'auto', 0.42716240882873535);
INSERT INTO sound_tags VALUES (1, 3, 'user', 1.0);
INSERT INTO sound_tags VALUES (2, 3, 'user', 1.0);
INSERT INTO sound_tags VALUES (3, 2, 'rejected', 0.5852818489074707);
INSERT INTO playlists VALUES (1, '夜');
INSERT INTO playlist_items VALUES (1, 1, 2);
INSERT INTO words (rowid, name, folder, tags) VALUES (1, '1 wav', 'tmp oldkk work sounds', 'placeholder high  high  placeholder low  low  thunder');
INSERT INTO words (rowid, name, folder, tags) VALUES (2, '2 wav', 'tmp oldkk work sounds', 'placeholder high  high  placeholder low  low  thunder');
INSERT INTO words (rowid, name, folder, tags) VALUES (3, '3 wav', 'tmp oldkk work sounds', 'placeholder high  high');
INSERT INTO words (rowid, name, folder, tags) VALUES (4, 'ど あ wav', 'tmp oldkk work sounds', 'placeholder high  high  placeholder low  low');
