import { h, type FunctionalComponent } from 'vue'
import { phrases } from './phrases'

/** A title whose lines break between words. */
export const TitleText: FunctionalComponent<{ text: string }> = ({ text }) =>
  h('span', { class: 'break-keep' }, phrases(text).flatMap((piece, index) => (index ? [h('wbr'), piece] : [piece])))
TitleText.props = ['text']
