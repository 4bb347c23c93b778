import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { listingKeys } from '@/features/listing/queries/listings'
import { i18n } from '@/i18n'
import { matchKeys, type OwnNeed } from '../queries/matches'
import IntroduceDialog from './IntroduceDialog.vue'

vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ acting: ref({ id: 'plant', verified: true }), organisations: ref([]), signedIn: ref(true), has: () => true }) }))
vi.mock('vue-router', () => ({ useRouter: () => ({ push: vi.fn() }) }))

function need(id: string, band: OwnNeed['band']): OwnNeed {
  return { id, title: { zh: `需求${id}` }, band }
}

const sent = vi.fn(async (_path: string, options: { body: { message: string } }) => ({ data: { id: 'i1', ...options.body }, response: new Response() }))
vi.mock('@/api/client', async (actual) => ({ ...(await actual<Record<string, unknown>>()), api: { POST: (path: string, options: { body: { message: string } }) => sent(path, options) } }))

/** The dialog about a result, for who has the needs 甲, 乙 and 丙. */
function dialogWith(matching: OwnNeed[], about: { packageId?: string; achievementId?: string; needId?: string; questions?: string[] } = { packageId: 'p1' }) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(listingKeys.mine('need', 'published', ''), { items: ['甲', '乙', '丙'].map((id) => ({ id, title: { zh: `需求${id}` } })) })
  client.setQueryData(about.packageId ? matchKeys.ownNeeds('package', about.packageId) : matchKeys.ownNeeds('achievement', about.achievementId ?? ''), matching)
  const dialog = mount(IntroduceDialog, {
    props: { modelValue: true, ...about },
    global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]], stubs: { RouterLink: true } },
  })
  const select = () => dialog.get('select').element as HTMLSelectElement
  const groups = () => [...select().querySelectorAll('optgroup')].map((group) => [group.label, ...[...group.querySelectorAll('option')].map((each) => each.value)])
  return { dialog, client, select, groups }
}

describe('the need that one brings to a request', () => {
  it('is chosen already where it is the only one that matches', () => {
    const { dialog, select, groups } = dialogWith([need('乙', 'good')])
    expect(select().value).toBe('乙')
    expect(groups()).toEqual([['较为契合', '乙'], ['其他需求', '甲', '丙']])
    expect(dialog.text()).toContain('已替您选上')
  })

  it('is chosen for a result that is in no package as well', () => {
    expect(dialogWith([need('乙', 'strong')], { achievementId: 'a1' }).select().value).toBe('乙')
  })

  it('is left to choose where several match, the best first', () => {
    const { dialog, select, groups } = dialogWith([need('丙', 'strong'), need('甲', 'possible')])
    expect(select().value).toBe('')
    expect(groups()).toEqual([['高度契合', '丙'], ['可能相关', '甲'], ['其他需求', '乙']])
    expect(dialog.text()).toContain('契合度最高的排第一')
  })

  it('is left to choose, without headings, where none matches', () => {
    const { dialog, select, groups } = dialogWith([])
    expect(select().value).toBe('')
    expect(groups()).toEqual([])
    expect(dialog.text()).not.toContain('匹配')
  })

  it('has its band shown beside it, and stays what it was changed to', async () => {
    const { dialog, client, select } = dialogWith([need('乙', 'good')])
    expect(dialog.get('form').text()).toContain('较为契合')
    await dialog.get('select').setValue('甲')
    client.setQueryData(matchKeys.ownNeeds('package', 'p1'), [need('乙', 'strong')])
    await flushPromises()
    expect(select().value).toBe('甲')
    await dialog.get('select').setValue('')
    client.setQueryData(matchKeys.ownNeeds('package', 'p1'), [need('乙', 'good')])
    await flushPromises()
    expect(select().value).toBe('')
  })

  it('is there to choose also where it is not on the page of needs that was read', () => {
    const { groups } = dialogWith([need('丁', 'strong')])
    expect(groups()[0]).toEqual(['高度契合', '丁'])
  })
})

describe('what a match left open', () => {
  const about = { packageId: 'p1', needId: '乙', questions: ['回收率能否不低于 80 %？', '能否在零下四十度用？'] }
  const message = async (dialog: ReturnType<typeof dialogWith>['dialog']) => {
    await dialog.get('form').trigger('submit')
    await flushPromises()
    return sent.mock.lastCall?.[1].body.message
  }
  const says = async (dialog: ReturnType<typeof dialogWith>['dialog'], words: string) => {
    await dialog.get('textarea').setValue(words)
    return message(dialog)
  }

  it('is asked along with the message, in its order, but for what was taken out', async () => {
    const { dialog } = dialogWith([], about)
    const [first, second] = dialog.findAll<HTMLInputElement>('input[type=checkbox]')
    expect([first?.element.checked, second?.element.checked]).toEqual([true, true])
    await first?.setValue(false)
    await first?.setValue(true)
    expect(await says(dialog, '我们是甲厂。')).toBe('我们是甲厂。\n\n想请教：\n1. 回收率能否不低于 80 %？\n2. 能否在零下四十度用？')
    await first?.setValue(false)
    expect(await says(dialog, '我们是甲厂。')).toBe('我们是甲厂。\n\n想请教：\n1. 能否在零下四十度用？')
    await second?.setValue(false)
    expect(await says(dialog, '我们是甲厂。')).toBe('我们是甲厂。')
  })

  it('takes its room from the message, which is told before it is sent', async () => {
    sent.mockClear()
    const { dialog } = dialogWith([], about)
    await dialog.get('textarea').setValue('长'.repeat(1990))
    expect(await message(dialog)).toBeUndefined()
    expect(dialog.text()).toContain('最多')
  })

  it('is chosen at first as far as the message keeps its room', () => {
    const long = { ...about, questions: ['一'.repeat(600), '二'.repeat(600), '三'.repeat(600)] }
    const checked = dialogWith([], long).dialog.findAll<HTMLInputElement>('input[type=checkbox]').map(({ element }) => element.checked)
    expect(checked).toEqual([true, false, false])
  })
})

it('has the words that were written before it was closed, about the same listing, until they are sent', async () => {
  const written = () => dialogWith([], { packageId: 'p9' }).dialog.get('textarea')
  await written().setValue('我们有三万亩棉田。')
  expect(written().element.value).toBe('我们有三万亩棉田。')
  expect(dialogWith([], { packageId: 'p8' }).dialog.get('textarea').element.value).toBe('')
  await dialogWith([], { packageId: 'p9' }).dialog.get('form').trigger('submit')
  await flushPromises()
  expect(written().element.value).toBe('')
})
