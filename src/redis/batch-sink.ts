import type { Redis } from 'ioredis'
import type { Batch } from '../model/call.ts'
import { type PipelineSink, sendWireCommand, socketOf } from './ioredis-internals.ts'
import type { MeasuredCommand } from './measured-command.ts'
import { TransactionFrame } from './transaction-frame.ts'

export interface BatchSink extends PipelineSink {
  text: string
  isCollecting: boolean
}

/**
 * Collects a batch. ioredis writes to the same object again when it sends queued or unanswered commands after a
 * reconnection (preset `as-app`); then the text goes straight to the socket of the day.
 */
export function createSink(redis: Redis): BatchSink {
  return {
    isPipeline: true,
    destination: { redis },
    text: '',
    isCollecting: false,
    write(text: string): void {
      if (this.isCollecting) this.text += text
      else socketOf(redis)?.write(text)
    },
  }
}

/** Sends all commands of a batch to one server in one socket write. */
export function sendUnit(
  redis: Redis,
  sink: BatchSink,
  batch: Batch,
  hold: (command: MeasuredCommand) => void,
): void {
  const commands = batch.calls as MeasuredCommand[]
  const isTransaction = batch.kind === 'transaction'
  const frame = isTransaction ? new TransactionFrame(commands.slice()) : undefined
  const firstIndex = isTransaction ? 1 : 0
  sink.isCollecting = true
  if (frame !== undefined) sendWireCommand(redis, frame.multi, sink)
  // The loop runs over a fixed count: a rejected command settles at once, and the last one frees the batch.
  for (let index = 0, count = commands.length; index < count; index++) {
    const command = commands[index]!
    command.pipelineIndex = firstIndex + index
    command.inTransaction = isTransaction
    command.queueingCode = 0
    hold(command)
    sendWireCommand(redis, command, sink)
  }
  if (frame !== undefined) sendWireCommand(redis, frame.exec, sink)
  sink.isCollecting = false
  const text = sink.text
  sink.text = ''
  if (text !== '') socketOf(redis)?.write(text)
}
