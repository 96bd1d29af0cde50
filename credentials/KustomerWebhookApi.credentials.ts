import type { ICredentialType, INodeProperties, Icon } from 'n8n-workflow';

const SURROUNDED_BY_BLANKS = { _cnd: { regex: '^\\s|\\s$' } };

export class KustomerWebhookApi implements ICredentialType {
	name = 'kustomerWebhookApi';

	displayName = 'Kustomer Webhook API';

	icon: Icon = {
		light: 'file:../nodes/Kustomer/kustomer.svg',
		dark: 'file:../nodes/Kustomer/kustomer.dark.svg',
	};

	documentationUrl = 'https://help.kustomer.com/en_us/outbound-webhooks-rkUQvela8';

	// The test is a function of the nodes (testedBy): there is nothing to call with a webhook's secret.

	properties: INodeProperties[] = [
		{
			displayName:
				'For a webhook that you made by hand in Kustomer. n8n uses its secret to check that a delivery really comes from Kustomer and was not changed on the way.',
			name: 'purposeNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Webhook Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'From Kustomer: Settings > Platform > Outbound Webhooks > your webhook > Edit. It stands under "Header Information" once the webhook has been saved.',
		},
		{
			displayName:
				'There is a blank before or after the secret, probably from copying. n8n leaves it out, but better remove it here.',
			name: 'blankNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { secret: [SURROUNDED_BY_BLANKS] } },
		},
		{
			displayName: 'Previous Secret',
			name: 'previousSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only while you change the secret: deliveries signed with the old one still pass, so no event is lost. Empty it once the change is done.',
		},
		{
			displayName:
				'There is a blank before or after the previous secret, probably from copying. n8n leaves it out, but better remove it here.',
			name: 'previousBlankNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { previousSecret: [SURROUNDED_BY_BLANKS] } },
		},
	];
}
