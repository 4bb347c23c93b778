import { useI18n } from 'vue-i18n'
import type { Problem, ProblemField } from '@/api/problem'

/** Turns codes into sentences that say what to do. A code unknown here falls back to the server's sentence, then to its status. */
export function useProblemText() {
  const { t, te } = useI18n()

  function named(params: Record<string, unknown> | undefined): Record<string, unknown> {
    return params ?? {}
  }

  function title(problem: Problem): string {
    const key = `problem.code.${problem.code}`
    if (te(key)) return t(key, named(problem.params))
    if (problem.title) return problem.title
    const status = `problem.status.${problem.status}`
    return te(status) ? t(status) : t('problem.code.internal')
  }

  function field(fault: ProblemField): string {
    for (const key of [`problem.field.${fault.code}`, `problem.code.${fault.code}`]) {
      if (te(key)) return t(key, named(fault.params))
    }
    return fault.message || t('problem.field.invalid')
  }

  return { title, field }
}
