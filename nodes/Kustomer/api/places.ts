/** Where things are in Kustomer, as its menu names them. */
export const API_KEYS = 'Settings > Security > API Keys';
export const INBOUND_WEBHOOKS = 'Settings > Platform > Inbound Webhooks';
export const OUTBOUND_WEBHOOKS = 'Settings > Platform > Outbound Webhooks';
export const WEBHOOK_SECRET = `${OUTBOUND_WEBHOOKS} > your webhook > Edit > Header Information`;
