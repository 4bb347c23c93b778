import { VueQueryPlugin, QueryClient } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref, watch, type Ref } from 'vue'
import { createMemoryHistory, createRouter, RouterView } from 'vue-router'
import { Problem } from '@/api/problem'
import { i18n } from '@/i18n'
import { provideFaults, type FormFaults } from '@/ui/form/faults'
import { useLeaveQuestion } from '@/ui/form/useLeaveGuard'
import { useDispute } from './dispute'
import { useDraft, type Draft, type DraftSource } from './useDraft'

interface Content {
  title?: string
  theme?: string
}
interface Form {
  title: string
  theme: string
}

function draftOf(id: string, version: number, content: Content): Draft<Content> {
  return {
    head: { id, kind: 'need', title: { zh: content.title }, state: 'draft', version, updated_at: '2026-11-23T00:00:00Z', organisation_id: 'o' },
    content,
  }
}

function sourceOf(overrides: Partial<DraftSource<Content, Form>> = {}): DraftSource<Content, Form> {
  return {
    kind: 'need',
    create: vi.fn(async (content: Content) => draftOf('n1', 1, content)),
    load: vi.fn(async (id: string) => draftOf(id, 7, { title: '旧题' })),
    save: vi.fn(async (id: string, version: number, content: Content) => draftOf(id, version + 1, content)),
    toForm: (content) => ({ title: content.title ?? '', theme: content.theme ?? '' }),
    toContent: (form) => ({ title: form.title, ...(form.theme && { theme: form.theme }) }),
    worthSaving: (form) => form.title !== '',
    ...overrides,
  }
}

async function open(source: DraftSource<Content, Form>, id?: string) {
  const address: Ref<string | undefined> = ref(id)
  let draft!: ReturnType<typeof useDraft<Content, Form>>
  let faults!: FormFaults
  let dispute: ReturnType<typeof useDispute>
  const Frame = defineComponent({ setup: () => ((dispute = useDispute()), () => null) })
  const Page = defineComponent({
    setup() {
      faults = provideFaults()
      draft = useDraft(source, address, faults, (created) => (address.value = created))
      return () => h(Frame)
    },
  })
  const elsewhere = { path: '/elsewhere', component: { render: () => h('p') } }
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: Page }, elsewhere] })
  await router.push('/')
  mount(defineComponent({ setup: () => () => h(RouterView) }), {
    global: { plugins: [router, i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]] },
  })
  await flushPromises()
  return { draft, faults, address, router, dispute: () => dispute?.value }
}

async function type(draft: { form: Ref<Form | undefined> }, title: string) {
  draft.form.value!.title = title
  await flushPromises()
}

describe('a draft', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is not stored before it has a title', async () => {
    const source = sourceOf()
    const { draft } = await open(source)
    await type(draft, '')
    await vi.advanceTimersByTimeAsync(5000)
    expect(source.create).not.toHaveBeenCalled()
  })

  it('is created once by the first pause in typing, then saved under its id', async () => {
    const source = sourceOf()
    const { draft, address } = await open(source)
    await type(draft, '电')
    await vi.advanceTimersByTimeAsync(400)
    await type(draft, '电池')
    await vi.advanceTimersByTimeAsync(1000)
    expect(source.create).toHaveBeenCalledExactlyOnceWith({ title: '电池' }, expect.any(String))
    expect(address.value).toBe('n1')
    await type(draft, '电池回收')
    await vi.advanceTimersByTimeAsync(1000)
    expect(source.create).toHaveBeenCalledTimes(1)
    expect(source.save).toHaveBeenCalledExactlyOnceWith('n1', 1, { title: '电池回收' })
    expect(draft.state.value).toBe('saved')
  })

  it('saves what is typed during a save after it, with the version that save gave', async () => {
    let finish!: (draft: Draft<Content>) => void
    const save = vi
      .fn<DraftSource<Content, Form>['save']>()
      .mockImplementationOnce(() => new Promise((resolve) => (finish = resolve)))
      .mockImplementation(async (id, version, content) => draftOf(id, version + 1, content))
    const { draft } = await open(sourceOf({ save }), 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    await type(draft, '甲乙')
    await vi.advanceTimersByTimeAsync(3000)
    expect(save).toHaveBeenCalledTimes(1)
    finish(draftOf('n1', 8, { title: '甲' }))
    await vi.advanceTimersByTimeAsync(1000)
    expect(save).toHaveBeenLastCalledWith('n1', 8, { title: '甲乙' })
    expect(draft.form.value?.title).toBe('甲乙')
    expect(draft.state.value).toBe('saved')
  })

  it('tries again by itself what found no server, and announces no further failure', async () => {
    const offline = new TypeError('Failed to fetch')
    const save = vi
      .fn<DraftSource<Content, Form>['save']>()
      .mockRejectedValueOnce(offline)
      .mockRejectedValueOnce(offline)
      .mockImplementation(async (id, version, content) => draftOf(id, version + 1, content))
    const { draft } = await open(sourceOf({ save }), 'n1')
    const states: string[] = []
    watch(draft.state, (now) => states.push(now), { flush: 'sync' })
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    expect(draft.state.value).toBe('failed')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(save).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(save).toHaveBeenLastCalledWith('n1', 7, { title: '甲' })
    expect(states).toEqual(['dirty', 'saving', 'failed', 'saved'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(save).toHaveBeenCalledTimes(3)
  })

  it('saves at once when the line is back, and asks for nothing where nothing failed', async () => {
    const save = vi
      .fn<DraftSource<Content, Form>['save']>()
      .mockRejectedValueOnce(new TypeError('Failed to fetch'))
      .mockImplementation(async (id, version, content) => draftOf(id, version + 1, content))
    const { draft } = await open(sourceOf({ save }), 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    window.dispatchEvent(new Event('online'))
    await flushPromises()
    expect(draft.state.value).toBe('saved')
    window.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(save).toHaveBeenCalledTimes(2)
  })

  it('does not try again what was refused', async () => {
    const save = vi.fn(async () => {
      throw new Problem({ code: 'invalid_fields', status: 422 })
    })
    const { draft } = await open(sourceOf({ save }), 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(60_000)
    window.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(save).toHaveBeenCalledTimes(1)
  })

  it('does not overwrite what somebody else has changed', async () => {
    const save = vi.fn(async () => {
      throw new Problem({ code: 'stale_version', status: 412 })
    })
    const { draft } = await open(sourceOf({ save }), 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    expect(draft.stale.value).toBe(true)
    await type(draft, '甲乙')
    await vi.advanceTimersByTimeAsync(5000)
    expect(save).toHaveBeenCalledTimes(1)
    expect(draft.form.value?.title).toBe('甲乙')
  })

  /** Somebody else saves version 8 before this page does. */
  function overtakenBy(theirs: Content) {
    const save = vi
      .fn<DraftSource<Content, Form>['save']>()
      .mockRejectedValueOnce(new Problem({ code: 'stale_version', status: 412 }))
      .mockImplementation(async (id, version, content) => draftOf(id, version + 1, content))
    const load = vi.fn<DraftSource<Content, Form>['load']>().mockResolvedValueOnce(draftOf('n1', 7, { title: '旧题' })).mockResolvedValue(draftOf('n1', 8, theirs))
    return sourceOf({ save, load })
  }

  it('takes what somebody else has answered elsewhere in it, and saves both', async () => {
    const source = overtakenBy({ title: '旧题', theme: '寒区' })
    const { draft, faults } = await open(source, 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    expect(source.save).toHaveBeenLastCalledWith('n1', 8, { title: '甲', theme: '寒区' })
    expect([draft.form.value, draft.stale.value, draft.state.value, faults.problem.value]).toEqual([{ title: '甲', theme: '寒区' }, false, 'saved', null])
  })

  it.each([
    ['mine', '甲乙'],
    ['theirs', '别人的题'],
  ] as const)('asks whose answer stays where both have changed it, and goes on with %s', async (side, title) => {
    const source = overtakenBy({ title: '别人的题', theme: '寒区' })
    const { draft, dispute } = await open(source, 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    expect([draft.stale.value, draft.form.value?.title, dispute()?.answers]).toEqual([true, '甲', [{ name: 'title', theirs: '别人的题' }]])
    await type(draft, '甲乙') // nothing is stored before it is settled, and nothing is lost
    await vi.advanceTimersByTimeAsync(5000)
    expect(source.save).toHaveBeenCalledTimes(1)
    await dispute()?.settle(side)
    await flushPromises()
    expect([draft.form.value, draft.stale.value, draft.state.value, dispute()]).toEqual([{ title, theme: '寒区' }, false, 'saved', null])
    if (side === 'mine') expect(source.save).toHaveBeenLastCalledWith('n1', 8, { title, theme: '寒区' })
    else expect(source.save).toHaveBeenCalledTimes(1) // it is stored as it stands
    await type(draft, '接着写')
    await vi.advanceTimersByTimeAsync(1000)
    expect(source.save).toHaveBeenLastCalledWith('n1', expect.any(Number), { title: '接着写', theme: '寒区' })
  })

  it('is not put together with one that somebody else has handed in', async () => {
    const source = overtakenBy({ title: '旧题', theme: '寒区' })
    const handedIn = draftOf('n1', 8, { title: '旧题', theme: '寒区' })
    handedIn.head.state = 'in_review'
    const { draft, dispute } = await open({ ...source, load: vi.fn<DraftSource<Content, Form>['load']>().mockResolvedValueOnce(draftOf('n1', 7, { title: '旧题' })).mockResolvedValue(handedIn) }, 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    expect([draft.stale.value, dispute(), draft.form.value?.title]).toEqual([true, null, '甲'])
  })

  it('shows which answer a save was refused for, and keeps the text', async () => {
    const save = vi.fn(async () => {
      throw new Problem({ code: 'invalid_fields', status: 422, fields: [{ path: 'title', code: 'too_long' }] })
    })
    const { draft, faults } = await open(sourceOf({ save }), 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    expect(faults.fields.value).toEqual([{ path: 'title', code: 'too_long' }])
    expect(faults.attempt.value).toBe(0)
    expect(draft.state.value).toBe('failed')
    expect(draft.form.value?.title).toBe('甲')
  })

  it('asks for a creation without an answer again as it was, and saves after it what was written since', async () => {
    const create = vi
      .fn<DraftSource<Content, Form>['create']>()
      .mockRejectedValueOnce(new TypeError('Failed to fetch'))
      .mockImplementation(async (content) => draftOf('n1', 1, content))
    const source = sourceOf({ create })
    const { draft, address } = await open(source)
    await type(draft, '电池')
    await vi.advanceTimersByTimeAsync(1000)
    expect(draft.state.value).toBe('failed')
    await type(draft, '电池回收')
    await vi.advanceTimersByTimeAsync(1000)
    expect(create.mock.calls[1]).toEqual(create.mock.calls[0])
    expect(source.save).toHaveBeenCalledExactlyOnceWith('n1', 1, { title: '电池回收' })
    expect([draft.state.value, address.value]).toEqual(['saved', 'n1'])
  })

  it('begins a creation that was refused anew', async () => {
    const create = vi
      .fn<DraftSource<Content, Form>['create']>()
      .mockRejectedValueOnce(new Problem({ code: 'invalid_fields', status: 422, fields: [{ path: 'title', code: 'too_long' }] }))
      .mockImplementation(async (content) => draftOf('n1', 1, content))
    const { draft } = await open(sourceOf({ create }))
    await type(draft, '很长')
    await vi.advanceTimersByTimeAsync(1000)
    await type(draft, '短')
    await vi.advanceTimersByTimeAsync(1000)
    expect(create.mock.calls[1]?.[0]).toEqual({ title: '短' })
    expect(create.mock.calls[1]?.[1]).not.toBe(create.mock.calls[0]?.[1])
    expect(draft.state.value).toBe('saved')
  })

  it('knows its own save again whose answer was lost', async () => {
    const save = vi
      .fn<DraftSource<Content, Form>['save']>()
      .mockRejectedValueOnce(new TypeError('Failed to fetch'))
      .mockRejectedValueOnce(new Problem({ code: 'stale_version', status: 412 }))
      .mockImplementation(async (id, version, content) => draftOf(id, version + 1, content))
    const load = vi
      .fn<DraftSource<Content, Form>['load']>()
      .mockResolvedValueOnce(draftOf('n1', 7, { title: '旧题' }))
      .mockResolvedValueOnce(draftOf('n1', 8, { title: '甲' }))
    const { draft } = await open(sourceOf({ save, load }), 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    await type(draft, '甲乙')
    await vi.advanceTimersByTimeAsync(1000)
    expect(save).toHaveBeenLastCalledWith('n1', 8, { title: '甲乙' })
    expect([draft.stale.value, draft.state.value, draft.form.value?.title]).toEqual([false, 'saved', '甲乙'])
  })

  it('has nothing to complain of once it was read again', async () => {
    const save = vi.fn<DraftSource<Content, Form>['save']>().mockRejectedValueOnce(new Problem({ code: 'stale_version', status: 412 }))
    const { draft, faults } = await open(sourceOf({ save }), 'n1')
    await type(draft, '甲')
    await vi.advanceTimersByTimeAsync(1000)
    expect(faults.problem.value?.code).toBe('stale_version')
    await draft.load()
    expect([draft.form.value?.title, faults.problem.value]).toEqual(['旧题', null])
  })

  it('shows the listing of the address, whichever is read first', async () => {
    const late: Record<string, (draft: Draft<Content>) => void> = {}
    const load = vi.fn((id: string) => new Promise<Draft<Content>>((resolve) => (late[id] = resolve)))
    const { draft, address } = await open(sourceOf({ load }), 'n1')
    address.value = 'n2'
    await flushPromises()
    late.n2?.(draftOf('n2', 3, { title: '乙' }))
    await flushPromises()
    late.n1?.(draftOf('n1', 3, { title: '甲' }))
    await flushPromises()
    expect([draft.head.value?.id, draft.form.value?.title]).toEqual(['n2', '乙'])
  })

  it('goes where one wanted to while it is being created', async () => {
    const { draft, router, address } = await open(sourceOf())
    await type(draft, '电池')
    await router.push('/elsewhere')
    expect(draft.head.value?.id).toBe('n1')
    expect([router.currentRoute.value.path, address.value]).toEqual(['/elsewhere', undefined])
  })

  it('asks before it is left with what could not be saved', async () => {
    const save = vi.fn<DraftSource<Content, Form>['save']>().mockRejectedValue(new TypeError('Failed to fetch'))
    const { draft, router } = await open(sourceOf({ save }), 'n1')
    const { asked, answer } = useLeaveQuestion()
    await type(draft, '甲')
    const staying = router.push('/elsewhere')
    await vi.waitFor(() => expect(asked.value).not.toBeNull())
    answer(false)
    await staying
    expect([router.currentRoute.value.path, draft.form.value?.title]).toEqual(['/', '甲'])
    const leaving = router.push('/elsewhere')
    await vi.waitFor(() => expect(asked.value).not.toBeNull())
    answer(true)
    await leaving
    expect(router.currentRoute.value.path).toBe('/elsewhere')
  })

  it('asks for a title instead of handing in nothing', async () => {
    const { draft, faults } = await open(sourceOf())
    expect(await draft.submit()).toBeNull()
    expect(faults.fields.value).toEqual([{ path: 'title', code: 'required' }])
  })
})
