/** What the load came from: two results of different machines are hard to compare. */
export interface MachineFacts {
  readonly cpu: string
  readonly cpu_count: number
  readonly memory_gib: number
  /** Operating system and its release. */
  readonly os: string
  readonly arch: string
  readonly node: string
}
