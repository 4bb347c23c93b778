import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { toProblem, type Problem, type ProblemField } from '@/api/problem'
import { useProblemText } from '@/ui/feedback/useProblemText'

/** The faults of one form, from the server or found before sending. */
export interface FormFaults {
  fields: Ref<ProblemField[]>
  /** The problem itself when it is not about fields. */
  problem: Ref<Problem | null>
  /** Counts the failed attempts, so that the summary takes the focus each time. */
  attempt: Ref<number>
  /** Shows why something asked for was not done; the summary takes the focus. */
  fail: (error: unknown) => void
  /** The same for something done in the background: nobody's focus is moved. */
  mark: (error: unknown) => void
  set: (fields: ProblemField[]) => void
  clear: () => void
  /** Has the form wait for an answer that is still on its way, until the function given back is called. */
  expect: (path: () => string) => () => void
  /** Whether an answer is still on its way; each is named as a fault then. */
  awaits: () => boolean
}

/** An answer is not there yet: a file is still being uploaded. */
const onItsWay = 'still_uploading'

const key: InjectionKey<FormFaults> = Symbol('faults')

/** Called by the component that owns a form; rows and the summary below it read the faults. */
export function provideFaults(): FormFaults {
  const fields = ref<ProblemField[]>([])
  const problem = ref<Problem | null>(null)
  const attempt = ref(0)
  const expected = new Set<() => string>()
  const faults: FormFaults = {
    fields,
    problem,
    attempt,
    fail(error) {
      faults.mark(error)
      attempt.value++
    },
    mark(error) {
      const found = toProblem(error)
      fields.value = found.fields
      problem.value = found.fields.length ? null : found
    },
    set(found) {
      fields.value = found
      problem.value = null
      if (found.length) attempt.value++
    },
    clear() {
      fields.value = []
      problem.value = null
    },
    expect(path) {
      expected.add(path)
      return () => {
        expected.delete(path)
        fields.value = fields.value.filter((field) => field.code !== onItsWay || field.path !== path())
      }
    },
    awaits() {
      if (expected.size) faults.set([...expected].map((path) => ({ path: path(), code: onItsWay })))
      return expected.size > 0
    },
  }
  provide(key, faults)
  return faults
}

/** The faults of the form around this component, or null outside of one. */
export function useFormFaults(): FormFaults | null {
  return inject(key, null)
}

/** "components[1].weight_bps" and "/components/1/weight_bps" as one spelling. */
export function normalisePath(path: string): string {
  const pointer = path.startsWith('/') ? path.slice(1).replaceAll('/', '.') : path
  return pointer.replace(/\[(\d+)\]/g, '.$1').replace(/^body\./, '')
}

/** What is wrong with the answer at a path, or at several, as sentences. */
export function useFieldFaults(path: () => string | string[]): ComputedRef<string[]> {
  const faults = inject(key, null)
  const text = useProblemText()
  return computed(() => {
    const wanted = [path()].flat().map(normalisePath)
    const found = (faults?.fields.value ?? []).filter((field) => wanted.includes(normalisePath(field.path)))
    return [...new Set(found.map((field) => text.field(field)))]
  })
}
