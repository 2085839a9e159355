/** Scores of a tag over time as an outline to draw. Pure. */

/**
 * Scores at the middles of windows, held from the beginning to the first and from the last to the
 * end of the sound.
 * @param {readonly number[]} timesS ascending
 * @param {readonly number[]} scores in [0, 1]
 * @param {number} durationS
 * @returns {{timeS: number, score: number}[]}
 */
export function bandOutline(timesS, scores, durationS) {
  if (timesS.length === 0) return [];
  const inside = timesS.map((timeS, i) => ({ timeS, score: Math.min(Math.max(scores[i], 0), 1) }));
  const last = inside[inside.length - 1];
  return [{ timeS: 0, score: inside[0].score }, ...inside, { timeS: Math.max(durationS, last.timeS), score: last.score }];
}

/**
 * @param {readonly number[]} timesS
 * @param {readonly number[]} scores
 * @returns {number} when the tag is heard most
 */
export function loudestTime(timesS, scores) {
  return timesS[scores.indexOf(Math.max(...scores))] ?? 0;
}
