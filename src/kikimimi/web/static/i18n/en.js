/** All messages in English, joined from one file a part of the page. */

import { app } from "./en/app.js";
import { facets } from "./en/facets.js";
import { history } from "./en/history.js";
import { indexing } from "./en/indexing.js";
import { keys } from "./en/keys.js";
import { list } from "./en/list.js";
import { player } from "./en/player.js";
import { playlists } from "./en/playlists.js";
import { query } from "./en/query.js";
import { sound } from "./en/sound.js";
import { space } from "./en/space.js";
import { tags } from "./en/tags.js";

/** @type {import("./i18n.js").Messages} */
export const en = {
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
