// How loud a recording is when, drawn: a line through the middle, and above and below it what is heard.
const GAP = 1; // pixels between two bars

// `wave`: {every_ms, peaks} or null   `view`: {from, to} in milliseconds. In the canvas's own colour.
export function draw(canvas, wave, { from, to }) {
  const scale = devicePixelRatio || 1;
  canvas.hidden = !wave; // hidden it would have no size
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!wave || !width) return;
  Object.assign(canvas, { width: width * scale, height: height * scale });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  pen.fillStyle = getComputedStyle(canvas).color;
  const bars = Math.min(Math.floor(width / (2 + GAP)), Math.ceil((to - from) / wave.every_ms));
  const each = width / bars;
  for (let i = 0; i < bars; i++) {
    const [first, last] = [i, i + 1].map((n) => (from + (n / bars) * (to - from)) / wave.every_ms);
    const loudest = Math.max(0, ...wave.peaks.subarray(Math.floor(first), Math.max(Math.ceil(last), Math.floor(first) + 1)));
    const tall = Math.max(1, (loudest / 255) ** 2 * height);
    pen.fillRect(i * each, (height - tall) / 2, Math.max(each - GAP, 1), tall);
  }
}
