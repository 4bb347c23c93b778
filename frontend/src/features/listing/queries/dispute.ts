import { inject, provide, type InjectionKey, type Ref } from 'vue'
import type { Side } from './mergeAnswers'

/** Two have changed the same answers of a draft to different ones. */
export interface Dispute {
  /** The answers by their names in the draft, with what the other has made of them. */
  answers: { name: string; theirs: unknown }[]
  /** Goes on with one side's answers; all the others are of who changed them. */
  settle: (side: Side) => Promise<unknown>
}

const key: InjectionKey<Ref<Dispute | null>> = Symbol('dispute')

/** Called by who keeps the draft of a form; the frame around the form shows it. */
export function provideDispute(dispute: Ref<Dispute | null>): void {
  provide(key, dispute)
}

export function useDispute(): Ref<Dispute | null> | undefined {
  return inject(key, undefined)
}
