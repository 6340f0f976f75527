import * as echarts from 'echarts';
import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemReturn } from 'echarts';
import type { Frame } from './call-tree.js';

const WIDTH = 1_600;
const ROW = 18;
/** Narrower frames than this share of the time are not drawn. */
const SHARE_MIN = 0.001;
const MARGIN = 40;

/** Colour by whose code it is: ours, a package's, Node's own. */
const COLOURS = { ours: '#D55E00', package: '#E69F00', node: '#56B4E9', engine: '#999999' };

type Box = readonly [depth: number, from: number, to: number, label: string, colour: string];

/** An SVG of the tree: width is time, callees stand on their caller; each box says function, file and share as far as there is room. */
export function flameGraph(root: Frame, title: string): string {
  const boxes: Box[] = [];
  layOut(root, 0, 0, root.samples, boxes);
  const depth = Math.max(...boxes.map(([row]) => row)) + 1;
  const height = depth * ROW + 2 * MARGIN;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center', textStyle: { fontSize: 14 } },
    grid: { left: 10, right: 10, top: MARGIN, bottom: MARGIN },
    xAxis: { show: false, min: 0, max: root.samples },
    yAxis: { show: false, min: 0, max: depth },
    series: [
      {
        type: 'custom',
        encode: { x: [1, 2], y: 0 },
        data: boxes.map((box) => [...box]),
        renderItem: (_params: unknown, api: CustomSeriesRenderItemAPI) => draw(api),
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function draw(api: CustomSeriesRenderItemAPI): CustomSeriesRenderItemReturn {
  const row = Number(api.value(0));
  const [left = 0, bottom = 0] = api.coord([api.value(1), row]);
  const [right = 0] = api.coord([api.value(2), row]);
  const width = Math.max(1, right - left);
  return {
    type: 'rect',
    shape: { x: left, y: bottom - ROW, width: width - 0.5, height: ROW - 1 },
    style: { fill: String(api.value(4)) },
    textContent: {
      type: 'text',
      style: { text: String(api.value(3)), fontSize: 11, fill: '#000000', width: width - 4, overflow: 'truncate' },
    },
    textConfig: { position: 'insideLeft' },
  };
}

function layOut(frame: Frame, row: number, from: number, whole: number, boxes: Box[]): void {
  if (frame.samples < whole * SHARE_MIN) return;
  const share = ((100 * frame.samples) / whole).toFixed(1);
  boxes.push([row, from, from + frame.samples, `${frame.name} ${frame.place} ${share} %`, colourOf(frame)]);
  let at = from;
  for (const callee of [...frame.callees.values()].sort((a, b) => b.samples - a.samples)) {
    layOut(callee, row + 1, at, whole, boxes);
    at += callee.samples;
  }
}

function colourOf({ place }: Frame): string {
  if (place === '') return COLOURS.engine;
  if (place.startsWith('node:')) return COLOURS.node;
  return place.startsWith('node_modules/') ? COLOURS.package : COLOURS.ours;
}
