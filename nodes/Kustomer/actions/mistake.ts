/**
 * Something a person entered that cannot be sent as it is. The message says what to change and
 * where; nothing has been sent.
 */
export class InputMistake extends Error {}
