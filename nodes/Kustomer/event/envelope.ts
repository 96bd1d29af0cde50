export { partsOf } from './event';
