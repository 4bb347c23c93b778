import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { ListingHead } from '@/features/listing/queries/listings'
import { i18n } from '@/i18n'
import type { Submission } from '../queries/reviews'
import DecisionPanel from './DecisionPanel.vue'

const head = { id: 'a1', kind: 'achievement', title: { zh: '电池' }, state: 'in_review', version: 3, actions: ['publish', 'return'], updated_at: '', organisation_id: 'o' } as ListingHead
const submission = (round: number): Submission => ({
  round,
  changes: [],
  checklist: ['identity', 'claims'].map((code) => ({ code, name: { zh: code }, fields: ['title'] })),
})

it('has a text that was submitted anew meanwhile checked anew; what was found wrong stays', async () => {
  const panel = mount(DecisionPanel, {
    props: { head, submission: submission(1), busy: false, failed: null },
    global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]] },
  })
  const [identity] = panel.findAll('input[type=checkbox]')
  await identity!.setValue(true)
  await panel.findAll('li button')[1]!.trigger('click')
  await panel.get('textarea').setValue('缺条件')
  await panel.setProps({ submission: submission(2) })
  expect((identity!.element as HTMLInputElement).checked).toBe(false)
  expect(panel.get('textarea').element.value).toBe('缺条件')
  expect(panel.get('[role=alert]').text()).toContain('请重新核对')
})

it('is found as it was left, reasons and all, and checked anew where the text is another by then', async () => {
  const open = (round: number) =>
    mount(DecisionPanel, {
      props: { head: { ...head, id: 'a2' }, submission: submission(round), busy: false, failed: null },
      global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]] },
    })
  const begun = open(1)
  await begun.findAll('input[type=checkbox]')[0]!.setValue(true)
  await begun.findAll('li button')[1]!.trigger('click')
  await begun.get('li textarea').setValue('缺条件')
  await begun.findAll('button').at(-1)!.trigger('click')
  await begun.get('form textarea').setValue('请补充指标')
  begun.unmount()
  const texts = (panel: typeof begun) => panel.findAll<HTMLTextAreaElement>('textarea').map(({ element }) => element.value)
  const found = open(1)
  expect(texts(found)).toEqual(['缺条件', '请补充指标', '缺条件'])
  expect(found.find('[role=alert]').exists()).toBe(false)
  found.unmount()
  const changed = open(2)
  expect(texts(changed)).toEqual(['缺条件', '请补充指标', '缺条件'])
  expect(changed.get('[role=alert]').text()).toContain('请重新核对')
  expect((changed.get('input[type=checkbox]').element as HTMLInputElement).checked).toBe(false)
})
