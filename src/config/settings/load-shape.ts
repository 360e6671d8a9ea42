import { stagesText } from '../stages.ts'
import { decimal, duration, ratio, toggle } from '../value-kinds.ts'
import type { Draft } from './setting.ts'

const opsPerSecond = decimal({ min: 0.001, max: 10_000_000 })
const stageLength = duration({ min: 100, max: 31_536_000_000 })

/** How the load changes over the measured time. At most one shape. */
const stages: readonly Draft[] = [
  {
    key: 'load.stages',
    flags: ['--stages'],
    env: ['TEST_STAGES'],
    kind: stagesText(),
    default: null,
    help: 'Stages as name:duration:load, … with a load of 1000 or 1000..5000 commands per second, or of 8c units in flight; none takes away those of the profile',
  },
  {
    key: 'load.repeat_stages',
    flags: ['--repeat-stages'],
    env: ['TEST_REPEAT_STAGES'],
    kind: toggle(),
    default: false,
    help: 'Begin again with the first stage after the last one',
  },
]

/** All of them become stages of the plan. */
const shapes: readonly Draft[] = [
  {
    key: 'load.ramp',
    flags: ['--ramp-up'],
    env: ['TEST_RAMP_UP'],
    kind: stageLength,
    default: null,
    help: 'Begin at 0 and reach the target after this time',
  },
  {
    key: 'load.spike.every',
    flags: ['--spike-every'],
    env: ['TEST_SPIKE_EVERY'],
    kind: stageLength,
    default: null,
    help: 'Spikes: from the beginning of one to that of the next',
  },
  {
    key: 'load.spike.duration',
    flags: ['--spike-duration'],
    env: ['TEST_SPIKE_DURATION'],
    kind: stageLength,
    default: null,
    help: 'Spikes: how long each lasts',
  },
  {
    key: 'load.spike.rate',
    flags: ['--spike-rate'],
    env: ['TEST_SPIKE_RATE'],
    kind: opsPerSecond,
    default: null,
    help: 'Spikes: commands per second in them; between them, the target',
  },
  {
    key: 'load.sine.period',
    flags: ['--sine-period'],
    env: ['TEST_SINE_PERIOD'],
    kind: stageLength,
    default: null,
    help: 'Sine wave around the target: length of a wave',
  },
  {
    key: 'load.sine.amplitude',
    flags: ['--sine-amplitude'],
    env: ['TEST_SINE_AMPLITUDE'],
    kind: ratio(),
    default: null,
    help: 'Sine wave: how far it goes up and down, as a share of the target; 50% if only the period is given',
  },
  {
    key: 'load.on',
    flags: ['--on-time'],
    env: ['TEST_ON_TIME'],
    kind: stageLength,
    default: null,
    help: 'On and off in turns: how long the load is on',
  },
  {
    key: 'load.off',
    flags: ['--off-time'],
    env: ['TEST_OFF_TIME'],
    kind: stageLength,
    default: null,
    help: 'On and off in turns: how long there is no load',
  },
  {
    key: 'load.step.from',
    flags: ['--step-from'],
    env: ['TEST_STEP_FROM'],
    kind: opsPerSecond,
    default: null,
    help: 'Steps: commands per second of the first; default the height of a step',
  },
  {
    key: 'load.step.by',
    flags: ['--step-by'],
    env: ['TEST_STEP_BY'],
    kind: opsPerSecond,
    default: null,
    help: 'Steps: how much each is higher than the one before',
  },
  {
    key: 'load.step.every',
    flags: ['--step-every'],
    env: ['TEST_STEP_EVERY'],
    kind: stageLength,
    default: null,
    help: 'Steps: length of each; 10s if only others of the step settings are given',
  },
  {
    key: 'load.step.to',
    flags: ['--step-to'],
    env: ['TEST_STEP_TO'],
    kind: opsPerSecond,
    default: null,
    help: 'Steps: commands per second of the highest; default the target',
  },
  {
    key: 'load.step.search',
    flags: ['--step-search'],
    env: ['TEST_STEP_SEARCH'],
    kind: toggle(),
    default: true,
    help: 'Steps: end with the first that does not hold, and name the highest that did',
  },
]

export const shapeSettings: readonly Draft[] = [
  ...stages,
  ...shapes.map((draft): Draft => ({ ...draft, becomes: 'another part' })),
]
