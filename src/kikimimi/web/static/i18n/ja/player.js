/** @type {import("../i18n.js").Messages} */
export const player = {
  "player.title": "プレーヤー",
  "player.play": "再生",
  "player.stop": "停止",
  "player.previous": "前の音",
  "player.next": "次の音",
  "player.loop": "ループ",
  "player.match": "音量をそろえて再生（−23 LUFS）",
  "player.through": "一覧を続けて再生",
  "player.volume": "音量",
  "player.waveform": "波形：クリックでそこから再生、ドラッグで範囲を選択",
  "player.region.search": "選んだ範囲に似た音を探す",
  "player.gain": "{gain} dB",
  "player.failed": "{name} を再生できません：{why}",
};
