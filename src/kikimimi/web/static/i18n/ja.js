/** All messages in Japanese, joined from one file a part of the page. */

import { app } from "./ja/app.js";
import { facets } from "./ja/facets.js";
import { history } from "./ja/history.js";
import { indexing } from "./ja/indexing.js";
import { keys } from "./ja/keys.js";
import { list } from "./ja/list.js";
import { player } from "./ja/player.js";
import { playlists } from "./ja/playlists.js";
import { query } from "./ja/query.js";
import { sound } from "./ja/sound.js";
import { space } from "./ja/space.js";
import { tags } from "./ja/tags.js";

/** @type {import("./i18n.js").Messages} */
export const ja = {
  ...app,
  ...facets,
  ...history,
  ...indexing,
  ...keys,
  ...list,
  ...player,
  ...playlists,
  ...query,
  ...sound,
  ...space,
  ...tags,
};
