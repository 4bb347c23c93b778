import type { Plan } from './rewards'

/** The step by which a plan leaves a state. */
const onwards: Partial<Record<Plan['state'], string>> = {
  draft: 'propose',
  proposed: 'confirm',
  confirmed: 'decide',
  decided: 'publicise',
  publicised: 'effect',
  disputed: 'answer',
}

/** What a plan waits for: by which words, whether for its reader, and for whose confirmation; null where it waits for nothing. */
export function planNext(plan: Plan, today: string): { words: string; yours: boolean; names: string[] } | null {
  const step = onwards[plan.state]
  if (!step) return null
  const running = plan.state === 'publicised' && (plan.publicity_ends_on ?? '') >= today
  return {
    words: plan.state === 'publicised' && !running ? 'publicityOver' : plan.state,
    yours: plan.actions.includes(step) && !running,
    names: plan.contributors.filter((each) => !each.confirmed_at).map((each) => each.name ?? '').filter(Boolean),
  }
}
