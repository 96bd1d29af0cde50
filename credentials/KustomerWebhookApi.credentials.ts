import type { ICredentialType, INodeProperties, Icon } from 'n8n-workflow';
import { WEBHOOK_SECRET } from '../nodes/Kustomer/api/places';

const SURROUNDED_BY_SPACE = { _cnd: { regex: '^\\s|\\s$' } };

export class KustomerWebhookApi implements ICredentialType {
	name = 'kustomerWebhookApi';

	displayName = 'Kustomer Webhook API';

	icon: Icon = {
		light: 'file:../nodes/Kustomer/kustomer.svg',
		dark: 'file:../nodes/Kustomer/kustomer.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-kustomer/n8n-nodes-kustomer/blob/main/docs/credentials.md#kustomer-webhook-api';

	// The nodes test it with a function (testedBy), as there is nothing to call with this secret.

	properties: INodeProperties[] = [
		{
			displayName:
				'For a webhook that you created by hand in Kustomer. With its secret, n8n checks that each delivery comes from Kustomer and was not changed on the way.',
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
			description: `From Kustomer: ${WEBHOOK_SECRET}. It is there once the webhook has been saved.`,
		},
		{
			displayName:
				'There is a space or line break before or after the secret, probably from copying. It is ignored, but better removed.',
			name: 'blankNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { secret: [SURROUNDED_BY_SPACE] } },
		},
		{
			displayName: 'Previous Secret',
			name: 'previousSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			description:
				'Only while you change the secret: deliveries signed with the old one are still accepted, so no event is lost. Clear it afterwards.',
		},
		{
			displayName:
				'There is a space or line break before or after the previous secret, probably from copying. It is ignored, but better removed.',
			name: 'previousBlankNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { previousSecret: [SURROUNDED_BY_SPACE] } },
		},
	];
}
