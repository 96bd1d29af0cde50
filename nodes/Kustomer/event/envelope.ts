export { partsOf } from './event';
export { relatedId } from './fields';
