import { mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { defineComponent, h, nextTick, ref, type VNode } from 'vue'
import { useFocusKept } from './useFocusKept'

let wrapper: VueWrapper
afterEach(() => wrapper.unmount())

function page(content: () => VNode | VNode[]) {
  wrapper = mount(
    defineComponent({
      setup() {
        const main = ref<HTMLElement | null>(null)
        useFocusKept(main)
        return () => h('div', [h('main', { ref: main, tabindex: -1 }, content())])
      },
    }),
    { attachTo: document.body },
  )
  const focus = (selector: string) => (wrapper.get(selector).element as HTMLElement).focus()
  const settled = async () => {
    await nextTick()
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))) // the page has been drawn
    return (document.activeElement as HTMLElement).id || document.activeElement?.tagName
  }
  return { focus, settled }
}

it('goes to the item that takes the place of one that was removed, and from the last to the one before', async () => {
  const items = ref(['a', 'b', 'c'])
  const { focus, settled } = page(() => h('ul', items.value.map((id) => h('li', { key: id, id }, [h('button', { id: `remove-${id}` })]))))
  focus('#remove-b')
  items.value = ['a', 'c']
  expect(await settled()).toBe('c')
  focus('#remove-c')
  items.value = ['a']
  expect(await settled()).toBe('a')
})

it('goes to what is shown instead', async () => {
  const editing = ref(false)
  const { focus, settled } = page(() => h('section', [editing.value ? h('form', { key: 1, id: 'form' }) : h('button', { key: 2, id: 'edit' }), h('p', { id: 'after' })]))
  focus('#edit')
  editing.value = true
  expect(await settled()).toBe('form')
})

it('goes to what an emptied list was in', async () => {
  const items = ref(['a'])
  const { focus, settled } = page(() => h('ul', { id: 'list' }, items.value.map((id) => h('li', { key: id }, [h('button', { id })]))))
  focus('#a')
  items.value = []
  expect(await settled()).toBe('list')
})

it('goes back to a button that could not be pressed while its work was done', async () => {
  const busy = ref(false)
  const { focus, settled } = page(() => h('button', { id: 'save', disabled: busy.value }))
  focus('#save')
  busy.value = true
  await settled()
  ;(document.activeElement as HTMLElement).blur() // as browsers do
  busy.value = false
  expect(await settled()).toBe('save')
})

it('comes after who moves the focus where it is wanted', async () => {
  const items = ref(['a', 'b'])
  const { focus, settled } = page(() => [h('h1', { id: 'count', tabindex: -1 }), h('ul', items.value.map((id) => h('li', { key: id }, [h('button', { id })])))])
  focus('#a')
  items.value = ['b']
  await nextTick()
  focus('#count')
  expect(await settled()).toBe('count')
})

it('leaves alone who has gone elsewhere, and who has left by themselves', async () => {
  const items = ref(['a', 'b', 'c'])
  const { focus, settled } = page(() => h('ul', items.value.map((id) => h('li', { key: id }, [h('button', { id })]))))
  focus('#a')
  focus('#c')
  items.value = ['b', 'c']
  expect(await settled()).toBe('c')
  ;(document.activeElement as HTMLElement).blur()
  await nextTick()
  items.value = ['b']
  expect(await settled()).toBe('BODY')
})
