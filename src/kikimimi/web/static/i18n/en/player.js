/** @type {import("../i18n.js").Messages} */
export const player = {
  "player.title": "Player",
  "player.play": "Play",
  "player.stop": "Stop",
  "player.previous": "Previous sound",
  "player.next": "Next sound",
  "player.loop": "Loop",
  "player.match": "Play everything equally loud (−23 LUFS)",
  "player.through": "Play through the list",
  "player.volume": "Volume",
  "player.waveform": "Waveform: click to play from there, drag to choose a part",
  "player.region.search": "Find sounds like the chosen part",
  "player.gain": "{gain} dB",
  "player.failed": "{name} cannot be played: {why}",
};
