import type { RunResult } from '../../model/result.ts'
import { html, type Markup } from './markup.ts'
import type { SectionContext } from './sections.ts'

/** What it takes to do it again. No secret is in it: the plan has none. */
export function planSection({ plan, adjustments }: RunResult, { tools }: SectionContext): Markup {
  return html`<p>
      Save the settings below as <code>run.yaml</code>. What the operations are, faults and scripts come from
      the profile of that name, as it was. Passwords are not in them: give them by
      <code>REDIS_PASSWORD</code> or <code>--password-file</code>. Other variables of the environment go
      before the file.
    </p>
    ${adjustments.length > 0 && html`<p>What was adjusted by hand is not in them: this is the plan, not what became of it.</p>`}
    <pre class="command">${commandOf(plan.profile.name)}</pre>
    <details>
      <summary>Settings, as <code>run.yaml</code></summary>
      <pre>${tools.renderSettings(plan)}</pre>
    </details>
    <details>
      <summary>The whole plan, as JSON</summary>
      <pre>${JSON.stringify(plan, undefined, 2)}</pre>
    </details>`
}

function commandOf(profile: string): string {
  return `redis-test run --workload-profile ${quoted(profile)} --config-file run.yaml`
}

/** As a POSIX shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
