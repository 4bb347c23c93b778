import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { dealKeys, type Introduction } from '@/features/deal/queries/deals'
import { i18n } from '@/i18n'
import IntroduceButton from './IntroduceButton.vue'

vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ acting: ref({ id: 'plant' }), signedIn: ref(true), has: () => true }) }))
vi.mock('vue-router', () => ({ useRoute: () => ({}), useRouter: () => ({}) }))

/** The way to the other side, for the plant, where these introductions were about the package. */
function shown(...items: Partial<Introduction>[]) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  client.setQueryData(dealKeys.about('p1', 'plant'), { items })
  const wrapper = mount(IntroduceButton, {
    props: { packageId: 'p1', toOrganisation: 'lab' },
    global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]], stubs: { RouterLink: { props: ['to'], template: '<a :href="to"><slot /></a>' } } },
  })
  const link = wrapper.find('a')
  return [wrapper.find('p').text(), link.exists() ? `${link.text()} ${link.attributes('href')}` : '', wrapper.get('button').text()]
}

it('leads to what was asked and waits, to what is to be answered, and to the talk', () => {
  expect(shown({ id: 'i1', state: 'open', from_organisation_id: 'plant' })).toEqual(['已发送，等待对方答复', '查看引荐 /introductions/i1', '再次申请引荐'])
  expect(shown({ id: 'i1', state: 'open', from_organisation_id: 'lab' })).toEqual(['对方已申请引荐，等待本单位答复', '去答复 /introductions/i1', '再次申请引荐'])
  expect(shown({ id: 'i1', state: 'accepted', deal_id: 'd1', from_organisation_id: 'lab' })).toEqual(['引荐已获同意，进展见洽谈室', '进入洽谈室 /deals/d1', '再次申请引荐'])
})

it('is there anew after a no, and after a talk that was closed', () => {
  expect(shown({ id: 'i1', state: 'accepted', deal_id: 'd1', deal_state: 'closed', from_organisation_id: 'plant' })).toEqual(['对方须在期限内答复：同意，或说明原因。', '', '申请引荐'])
  expect(shown({ id: 'i2', state: 'accepted', deal_id: 'd2', deal_state: 'contracted' }, { id: 'i1', state: 'accepted', deal_id: 'd1', deal_state: 'closed' })[1]).toBe('进入洽谈室 /deals/d2')
  expect(shown({ id: 'i1', state: 'declined', from_organisation_id: 'plant' })).toEqual(['对方须在期限内答复：同意，或说明原因。', '', '申请引荐'])
})
