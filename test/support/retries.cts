/** Real servers and real clocks: on a machine that is busy with other things a deadline can be missed once. */
jest.retryTimes(2, { logErrorsBeforeRetry: true });
