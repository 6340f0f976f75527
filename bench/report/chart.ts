import * as echarts from 'echarts';
import type { Axis, Chart } from '../scenario.js';

const SIZE = { width: 760, height: 420 };
/** Told apart also by people who see no red or no green (Okabe and Ito). */
const COLOURS = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'];

/** The plot as SVG text. */
export function drawChart({ title, kind, x, y, series }: Chart): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  const isNamed = series.some(({ points }) => points.some(([at]) => typeof at === 'string'));
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: COLOURS,
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    legend: { bottom: 0, data: series.map(({ name }) => name) },
    grid: { left: 80, right: 30, top: 50, bottom: 80 },
    xAxis: {
      ...axis(x),
      nameGap: 30,
      ...(isNamed ? { type: 'category', data: namesOf(series) } : {}),
    },
    yAxis: { ...axis(y), nameGap: 60 },
    series: series.map(({ name, points }) => ({
      name,
      type: kind,
      data: points.map(([at, value]) => [at, value]),
      ...(kind === 'bar' ? { label: { show: true, position: 'top' } } : { symbolSize: 7 }),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function axis({ label, isLogarithmic = false }: Axis): { readonly type: 'log' | 'value' } & Record<string, unknown> {
  return { type: isLogarithmic ? 'log' : 'value', name: label, nameLocation: 'middle' };
}

function namesOf(series: Chart['series']): string[] {
  return [...new Set(series.flatMap(({ points }) => points.map(([at]) => String(at))))];
}
