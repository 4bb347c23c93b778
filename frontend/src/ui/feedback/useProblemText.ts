import { useI18n } from 'vue-i18n'
import type { Problem, ProblemField } from '@/api/problem'
import { formatBps, formatMoney } from '@/ui/format/money'
import { sizeText } from '@/ui/format/size'

/** Turns codes into sentences that say what to do. One that comes with a reason says that. A code unknown here falls back to the server's sentence, then to its status. */
export function useProblemText() {
  const { t, te, locale } = useI18n()

  /**
   * Of a number of bytes, `limit_bytes`, a sentence can say how much that is, `limit_size`; of basis points, `floor_bps`,
   * how many percent, `floor_percent`; of an amount, `sum_cny`, the amount as it is written, `sum_money`; of a code that
   * has a name, `base`, the name, `base_name`.
   */
  function named(params: Record<string, unknown> = {}): Record<string, unknown> {
    const said = Object.entries(params).flatMap(([name, value]): [string, string][] => {
      if (name.endsWith('_bytes')) return [[name.replace(/_bytes$/, '_size'), sizeText(Number(value), locale.value)]]
      if (name.endsWith('_bps')) return [[name.replace(/_bps$/, '_percent'), formatBps(Number(value))]]
      if (name.endsWith('_cny')) return [[name.replace(/_cny$/, '_money'), formatMoney({ amount: String(value), currency: 'CNY' })]]
      const called = `problem.value.${String(value)}`
      return te(called) ? [[`${name}_name`, t(called)]] : []
    })
    return { ...params, ...Object.fromEntries(said) }
  }

  function title(problem: Problem): string {
    const codes = [String(problem.params.reason), problem.code]
    const key = codes.map((code) => `problem.code.${code}`).find((each) => te(each))
    if (key) return t(key, named(problem.params))
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
