import { useQueryClient } from '@tanstack/vue-query'
import { computed, onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { newIdempotencyKey, type Schema } from '@/api/client'
import { isUnanswered, toProblem } from '@/api/problem'
import type { AutosaveState } from '@/ui/feedback/AutosaveIndicator.vue'
import type { FormFaults } from '@/ui/form/faults'
import { useLeaveGuard } from '@/ui/form/useLeaveGuard'
import { useToast } from '@/ui/feedback/useToast'
import { provideDispute, type Dispute } from './dispute'
import { itemsKept } from './itemsKept'
import { listingKeys, takeStep, type ListingHead, type ListingKind } from './listings'
import { mergeAnswers, type Answers, type Side } from './mergeAnswers'
import { useFieldName } from './unfinished'

/** A working copy as the API gives it. */
export interface Draft<Content> {
  head: ListingHead
  content: Content
  problems?: Schema<'FieldProblem'>[]
  quality?: Schema<'Quality'>
}

/** How one kind of listing is drafted, and how its content maps to the form and back. */
export interface DraftSource<Content, Form> {
  kind: ListingKind
  create: (content: Content, key: string) => Promise<Draft<Content>>
  load: (id: string) => Promise<Draft<Content>>
  save: (id: string, version: number, content: Content) => Promise<Draft<Content>>
  toForm: (content: Content) => Form
  toContent: (form: Form) => Content
  /** Nothing is stored before this holds: a listing needs a title. */
  worthSaving: (form: Form) => boolean
}

const pause = 900 // ms without typing before a save
/** How soon a save without an answer is tried again, in milliseconds: a server that is away tells nobody when it is back. */
const patience = 15_000

/**
 * A form that saves itself. Saves never overlap: a change during one is saved
 * after it. The first save creates the draft; `onCreated` moves the address
 * to it. What was typed is never replaced by what the server sends back: where
 * somebody else has changed the draft meanwhile, their answers are taken for
 * those that were not touched here, and of the same answer it is asked whose stays.
 * A save that found no server is tried again by itself, at once when the browser has a line again.
 */
export function useDraft<Content, Form extends object>(
  source: DraftSource<Content, Form>,
  id: Ref<string | undefined>,
  faults: FormFaults,
  onCreated: (id: string) => void,
) {
  const client = useQueryClient()
  const form = ref<Form>() as Ref<Form | undefined>
  const head = ref<ListingHead>()
  const problems = ref<Schema<'FieldProblem'>[]>([])
  const quality = ref<Schema<'Quality'>>()
  const state = ref<AutosaveState>('idle')
  const savedAt = ref<string | null>(null)
  const loadError = ref<unknown>(null)
  const stale = ref(false)
  const dispute = ref<Dispute | null>(null)
  provideDispute(dispute)
  const { t } = useI18n()
  const toast = useToast()
  const fieldName = useFieldName()

  /** A creation without an answer. It may have been done: it is asked for again as it was, and what is written since is saved after it. */
  let creation: { key: string; content: Content; text: string } | undefined
  /** What saves without an answer said. One of them may have been done, and then its change is nobody else's. */
  let unanswered: string[] = []
  let leaving = false
  let gone = false
  let stored = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | null = null

  const textOf = (of: Form) => JSON.stringify(source.toContent(of))
  const written = computed(() => (form.value ? textOf(form.value) : ''))

  async function load(): Promise<void> {
    const wanted = id.value
    loadError.value = null
    stale.value = false
    dispute.value = null
    state.value = 'idle'
    unanswered = []
    faults.clear()
    try {
      if (wanted === undefined) {
        form.value = source.toForm({} as Content)
        stored = written.value
        return
      }
      const draft = await source.load(wanted)
      if (id.value !== wanted) return // another one is on the page by now
      form.value = source.toForm(draft.content)
      take(draft)
      stored = written.value
    } catch (error) {
      if (id.value === wanted) loadError.value = error
    }
  }

  function take(draft: Draft<Content>): void {
    head.value = draft.head
    problems.value = draft.problems ?? []
    quality.value = draft.quality
  }

  async function create(content: Form): Promise<string> {
    creation ??= { key: newIdempotencyKey(), content: source.toContent(content), text: textOf(content) }
    const { key, content: begun, text } = creation
    try {
      take(await source.create(begun, key))
    } catch (error) {
      const problem = toProblem(error)
      if (!isUnanswered(problem) && problem.status !== 401 && problem.status !== 429) creation = undefined
      throw error
    }
    creation = undefined
    return text
  }

  /** Puts what somebody else has made of the draft together with what is written here. */
  function mergeWith(theirs: string, preferred: Side) {
    const mine = JSON.parse(written.value) as Answers
    const merged = mergeAnswers(JSON.parse(stored) as Answers, mine, JSON.parse(theirs) as Answers, preferred)
    /** Into the form goes what differs alone: where one is writing nothing is drawn anew. */
    function intoForm(): void {
      const before = source.toForm(mine as Content)
      const after = source.toForm(merged.answers as Content)
      for (const part of Object.keys(after) as (keyof Form)[]) {
        if (form.value && JSON.stringify(before[part]) !== JSON.stringify(after[part])) form.value[part] = itemsKept(form.value[part], before[part], after[part])
      }
    }
    return { ...merged, intoForm }
  }

  /** What was stored by somebody else becomes what this page stands upon. */
  function join(draft: Draft<Content>, theirs: string, preferred: Side): void {
    const merged = mergeWith(theirs, preferred)
    merged.intoForm()
    take(draft)
    if (merged.joined.length) toast.done(t('listing.dispute.joined', { fields: merged.joined.map(fieldName).join(t('common.listSeparator')) }))
  }

  function disputeOver(draft: Draft<Content>, theirs: string, names: string[]): Dispute {
    const said = JSON.parse(theirs) as Answers
    return {
      answers: names.map((name) => ({ name, theirs: said[name] })),
      settle: async (side) => {
        join(draft, theirs, side)
        stored = theirs
        stale.value = false
        dispute.value = null
        faults.clear()
        state.value = written.value === stored ? 'saved' : 'dirty'
        await flush()
      },
    }
  }

  /** Somebody else has saved: gives what they said, once it is in this page. Throws the refusal where that cannot be without asking. */
  function overtaken(draft: Draft<Content>, refused: { version: number; error: unknown }): string {
    const theirs = textOf(source.toForm(draft.content))
    if (draft.head.version === refused.version || draft.head.state !== head.value?.state) throw refused.error
    const { disputed } = mergeWith(theirs, 'mine')
    if (disputed.length) {
      dispute.value = disputeOver(draft, theirs, disputed)
      throw refused.error
    }
    join(draft, theirs, 'mine')
    return theirs
  }

  async function save({ id, version }: ListingHead, content: Form): Promise<string> {
    const text = textOf(content)
    try {
      take(await source.save(id, version, source.toContent(content)))
    } catch (error) {
      const problem = toProblem(error)
      if (isUnanswered(problem)) unanswered.push(text)
      if (problem.status !== 412) throw error
      const draft = await source.load(id).catch(() => null)
      if (!draft) throw error
      const now = textOf(source.toForm(draft.content))
      if (!unanswered.includes(now)) return overtaken(draft, { version, error })
      take(draft)
      unanswered = []
      return now
    }
    unanswered = []
    return text
  }

  /** One that is tried again by itself is told of when it succeeds: its failures would be announced without end. */
  async function write(quietly = false): Promise<void> {
    if (!form.value || !source.worthSaving(form.value) || stale.value) return
    const text = written.value
    if (text === stored) return
    if (!quietly) state.value = 'saving'
    try {
      stored = head.value ? await save(head.value, form.value) : await create(form.value)
      savedAt.value = new Date().toISOString()
      faults.clear()
      state.value = written.value === stored ? 'saved' : 'dirty' // typed on meanwhile: its own timer runs
    } catch (error) {
      const problem = toProblem(error)
      stale.value = problem.status === 412
      faults.mark(problem)
      state.value = 'failed'
      if (isUnanswered(problem) && !gone) again = setTimeout(tryAgain, patience)
      return
    }
    // The way out of the page is not crossed by the way to the draft's own address.
    if (id.value === undefined && head.value && !leaving) onCreated(head.value.id)
    if (stored !== text) await write() // the answer was to what was written before
  }

  /** Saves what is not saved yet; resolves when nothing is left to save or saving failed. */
  async function flush(quietly = false): Promise<boolean> {
    clearTimeout(timer)
    clearTimeout(again)
    again = undefined
    while (running) await running
    running = write(quietly).finally(() => (running = null))
    await running
    return written.value === stored
  }

  /** What waits for the server to be there again is saved. */
  function tryAgain(): void {
    if (again !== undefined) void flush(true)
  }
  window.addEventListener('online', tryAgain)

  watch(written, (text) => {
    if (text === stored || !form.value) return
    if (state.value !== 'saving') state.value = 'dirty'
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), pause) // flush waits for a save on its way
  })

  /** Hands the draft in for review; its faults stand in the form if it is refused. */
  async function submit(): Promise<ListingHead | null> {
    if (faults.awaits()) return null
    if (!(await flush()) || !head.value) {
      if (!head.value) faults.set([{ path: 'title', code: 'required' }])
      else if (faults.fields.value.length || faults.problem.value) faults.attempt.value++
      return null
    }
    try {
      const after = await takeStep(source.kind, head.value.id, head.value.version, { action: 'submit' })
      head.value = after
      await client.invalidateQueries({ queryKey: listingKeys.all })
      return after
    } catch (error) {
      faults.fail(error)
      return null
    }
  }

  onBeforeUnmount(() => {
    gone = true
    clearTimeout(timer)
    clearTimeout(again)
    window.removeEventListener('online', tryAgain)
    void client.invalidateQueries({ queryKey: listingKeys.all })
  })
  useLeaveGuard(
    () => form.value !== undefined && written.value !== stored,
    async () => {
      leaving = true
      await flush()
      leaving = false
    },
    (to) => to.params.id === head.value?.id,
  )

  // Another listing under the same page; our own new one is at hand already.
  watch(id, (next) => {
    if (next !== undefined && next === head.value?.id) return
    clearTimeout(timer)
    clearTimeout(again)
    again = undefined
    form.value = undefined
    head.value = undefined
    problems.value = []
    quality.value = undefined
    dispute.value = null
    creation = undefined
    void load()
  })

  void load()
  return { form, head, problems, quality, state, savedAt, stale, loadError, load, flush, submit }
}
