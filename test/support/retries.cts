// Real servers and real clocks: on a machine that is busy with other things a deadline can be missed once. A long run
// is measured, and happens as it happens.
if (process.env.FAULTS !== 'full') jest.retryTimes(2, { logErrorsBeforeRetry: true });
