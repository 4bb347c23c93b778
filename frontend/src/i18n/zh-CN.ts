import legal from '../../../config/legal/zh-CN.json'
import server from '../../../config/messages/zh-CN.json'
import { assemble, type Messages } from './assemble'

export default assemble({ ...import.meta.glob<Messages>('./zh-CN/*.json', { eager: true, import: 'default' }), 'legal.json': legal }, server)
