import {
  AxisPlacement,
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardLinkBuilder,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  SpecialValueMatch,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapColorScale,
  HeatmapTooltipBuilder,
  PanelBuilder as HeatmapBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap'
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline'
import type { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { type DashboardUid, linkTo, shown } from './layout.ts'
import { DATASOURCE, type Query, rangeQuery, refIdAt } from './query.ts'

export interface PanelText {
  readonly title: string
  /** Which question it answers, and how to read it. */
  readonly description: string
  /** Of 24. */
  readonly width: number
  readonly height?: number
}

/** Colour from a value on; the first step has no lower end. */
export type Steps = readonly [base: string, ...rest: readonly (readonly [from: number, color: string])[]]

/** Higher is worse. */
export function badAbove(warning: number, critical: number): Steps {
  return ['green', [warning, 'yellow'], [critical, 'red']]
}

/** Lower is worse. */
export function badBelow(warning: number, critical: number): Steps {
  return ['red', [critical, 'yellow'], [warning, 'green']]
}

/** No judgement. */
export const PLAIN: Steps = ['blue']

export interface NumberPanel extends PanelText {
  readonly unit: string
  /** Dashboard that says more. */
  readonly detail?: DashboardUid
  readonly queries: readonly Query[]
  readonly steps?: Steps
  readonly max?: number
}

type AnyBuilder = HeatmapBuilder | StatBuilder | StateTimelineBuilder | TableBuilder | TimeseriesBuilder

export function writeText(builder: AnyBuilder, text: PanelText, defaultHeight: number): void {
  builder.title(text.title).description(text.description).datasource(DATASOURCE)
  // The layout places it; zero is a place as well.
  builder.gridPos({ x: 0, y: 0, w: text.width, h: text.height ?? defaultHeight })
}

function thresholds([base, ...rest]: Steps): ThresholdsConfigBuilder {
  const steps: Threshold[] = [
    { value: null, color: base },
    ...rest.map(([value, color]) => ({ value, color })),
  ]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}

/** A quantile of nothing is NaN, and a stat or a table would print that. */
export const NO_DATA: ValueMapping = {
  type: MappingType.SpecialValue,
  options: { match: SpecialValueMatch.NullAndNan, result: { text: 'no data', color: 'text', index: 0 } },
}

/** The newest value in large, with its course behind it. */
export function stat(options: NumberPanel): Panel {
  const builder = new StatBuilder()
  writeText(builder, options, 4)
  builder
    .unit(options.unit)
    .min(0)
    .noValue('no data')
    .mappings([NO_DATA])
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .thresholds(thresholds(options.steps ?? PLAIN))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields(''))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area)
    .targets(options.queries.map((query, index) => rangeQuery(refIdAt(index), query)))
  if (options.detail !== undefined) {
    const { title, url } = linkTo(options.detail)
    builder.links([{ build: () => shown(new DashboardLinkBuilder(title).url(url).build()) }])
  }
  return builder.build()
}

export interface SeriesPanel extends NumberPanel {
  /** Parts that add up to something. */
  readonly stacked?: boolean
  /** For a difference that may be below zero. */
  readonly signed?: boolean
  /** A name always gets the same colour: to find a run again on the next panel. */
  readonly colorByName?: boolean
  /** Series (by regular expression of their names) drawn as a dashed line: what something is compared with. */
  readonly dashed?: string
}

/** Lines over time, with a table of their mean, highest and newest value. */
export function series(options: SeriesPanel): Panel {
  const builder = new TimeseriesBuilder()
  writeText(builder, options, 8)
  builder
    .unit(options.unit)
    .lineWidth(1)
    .fillOpacity(options.stacked === true ? 30 : 5)
    .showPoints(VisibilityMode.Never)
    // A gap is a gap: nothing came, or nothing happened.
    .spanNulls(false)
    .axisPlacement(AxisPlacement.Auto)
    .colorScheme(
      new FieldColorBuilder().mode(
        options.colorByName === true
          ? FieldColorModeId.PaletteClassicByName
          : FieldColorModeId.PaletteClassic,
      ),
    )
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['mean', 'max', 'lastNotNull']),
    )
    .tooltip({ build: () => ({ mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending }) })
    .targets(options.queries.map((query, index) => rangeQuery(refIdAt(index), query)))
  if (options.signed !== true) builder.min(0)
  if (options.max !== undefined) builder.max(options.max)
  if (options.stacked === true)
    builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'))
  if (options.dashed !== undefined) builder.overrideByRegexp(options.dashed, DASHED)
  if (options.steps !== undefined) {
    builder
      .thresholds(thresholds(options.steps))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed))
  }
  return builder.build()
}

const DASHED = [
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.lineWidth', value: 2 },
  { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
]

export interface HeatmapPanel extends PanelText {
  /** Rates of the buckets, by `le`. */
  readonly query: Query
}

/** How many events fell into each bucket of a histogram, over time. */
export function heatmap(options: HeatmapPanel): Panel {
  const builder = new HeatmapBuilder()
  writeText(builder, options, 8)
  builder
    .unit('s')
    // The buckets come from the histogram; Grafana must not make its own.
    .calculate(false)
    .cellGap(1)
    .color(
      new HeatmapColorOptionsBuilder()
        .mode(HeatmapColorMode.Scheme)
        .scheme('Spectral')
        .scale(HeatmapColorScale.Exponential)
        .exponent(0.5)
        .steps(64)
        .reverse(true),
    )
    .yAxis(new YAxisConfigBuilder().unit('s').axisPlacement(AxisPlacement.Left))
    .showLegend()
    .tooltip(
      new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true).showColorScale(true),
    )
    .exemplarsColor('rgba(255,0,255,0.7)')
    .withTarget(rangeQuery('A', options.query).format(PromQueryFormat.Heatmap))
  return builder.build()
}

export interface StatesPanel extends PanelText {
  readonly queries: readonly Query[]
  /** Text and colour of each value. */
  readonly states: Readonly<Record<string, readonly [text: string, color: string]>>
}

/** Which state something was in, over time. */
export function states(options: StatesPanel): Panel {
  const builder = new StateTimelineBuilder()
  writeText(builder, options, 5)
  const mapped = Object.entries(options.states).map(
    ([value, [text, color]], index) => [value, { text, color, index }] as const,
  )
  builder
    .unit('none')
    .mappings([{ type: MappingType.ValueToText, options: Object.fromEntries(mapped) }])
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(70)
    .spanNulls(false)
    .legend(new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Hidden).showLegend(false))
    .targets(options.queries.map((query, index) => rangeQuery(refIdAt(index), query)))
  return builder.build()
}
