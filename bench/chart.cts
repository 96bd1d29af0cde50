import * as echarts from 'echarts';
import { BARE } from './bounds.cts';
import type { Results } from './report.cts';

const SERIES = [
	[BARE, '#8a94a6'],
	['built by hand, accepted', '#c3c9d4'],
	['GitHub Trigger', '#e3b341'],
	['ours, accepted', '#1f6feb'],
	['ours, filtered out', '#54aeff'],
	['ours, forged', '#a5d6ff'],
	['ours, accepted, batched', '#2da44e'],
] as const;

/** Processor time per case, the bare Webhook node of the same n8n being 1. @returns an SVG, for a light background */
export function drawChart({ layouts, n8n, date }: Results): string {
	const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 900, height: 420 });
	chart.setOption({
		animation: false,
		backgroundColor: '#ffffff',
		title: {
			text: 'Processor time per event (n8n’s Webhook node without any check = 1)',
			subtext: `n8n ${n8n}, ${date}. Less is better.`,
			left: 12,
			textStyle: { fontSize: 15 },
		},
		legend: { bottom: 4, textStyle: { fontSize: 11 } },
		grid: { left: 44, right: 16, top: 70, bottom: 84 },
		xAxis: {
			type: 'category',
			data: layouts.map(({ name }) => name),
			axisLabel: { interval: 0 },
		},
		yAxis: { type: 'value' },
		series: SERIES.map(([name, color]) => ({
			name,
			type: 'bar',
			color,
			label: {
				show: true,
				position: 'top',
				fontSize: 9,
				formatter: ({ value }: { value: number | null }) => value?.toFixed(2) ?? '',
			},
			data: layouts.map(({ cases }) => {
				const one = cases.find((measured) => measured.name === name);
				return one?.costRatio[BARE]?.median ?? null;
			}),
		})),
	} as echarts.EChartsOption);
	const svg = chart.renderToSVGString();
	chart.dispose();
	return svg;
}
