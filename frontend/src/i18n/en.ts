import legal from '../../../config/legal/en.json'
import server from '../../../config/messages/en.json'
import { assemble, type Messages } from './assemble'

export default assemble({ ...import.meta.glob<Messages>('./en/*.json', { eager: true, import: 'default' }), 'legal.json': legal }, server)
