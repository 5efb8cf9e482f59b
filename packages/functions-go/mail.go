package koyalite

// Mail sends emails: Ctx.Mail, or that of a transaction. More than email.rate of a function wait.
type Mail struct {
	part *part
	ctx  Ctx
	path string
}

// Mail is for emails. While a transaction is open, only its own sends any.
func (c Ctx) Mail() Mail {
	return Mail{&part{call: c.call, source: "queue"}, c, "/internal/v1/mails"}
}

// Mail is for emails that are sent once the transaction has committed.
func (t Tx) Mail() Mail {
	mails := &part{call: t.part.call, source: "queue", transaction: t.part.transaction}
	return Mail{mails, t.ctx, t.part.base + "/mails"}
}

// Email is one email: with a Subject, and Text or HTML; or with a Template. Addresses are plain ones, without names, 50 at
// most in all.
type Email struct {
	To      []string `json:"to"`
	CC      []string `json:"cc,omitempty"`
	BCC     []string `json:"bcc,omitempty"`
	ReplyTo string   `json:"reply_to,omitempty"`
	// Subject is one line.
	Subject string `json:"subject,omitempty"`
	// Text is made from the HTML if it is missing.
	Text string `json:"text,omitempty"`
	// HTML is at most 256 KB, with Text.
	HTML string `json:"html,omitempty"`
	// Template is a file of the folder emails/, instead of Subject, Text and HTML. It is rendered once the email is stored.
	Template string `json:"template,omitempty"`
	// Props are what the template is rendered with: a struct or a map, at most 64 KB as JSON.
	Props any `json:"props,omitempty"`
	// Locale is the language of the template's texts, fr or fr-CA. The default is email.locale of the settings.
	Locale string `json:"locale,omitempty"`
	// Headers are List-Unsubscribe, List-Unsubscribe-Post, and names that begin with X-.
	Headers map[string]string `json:"headers,omitempty"`
	// Attachments are at most 10, and 1 MB in all.
	Attachments []Attachment `json:"attachments,omitempty"`
	// Key: of the emails of the function with one key, only the first is sent; the others return its id.
	Key string `json:"key,omitempty"`
	// Delivery says what happens where the mail server did not say whether it took the email: "at_least_once", which is
	// the default, sends one more copy; "at_most_once" fails.
	Delivery string `json:"delivery,omitempty"`
}

// Attachment is a file of an email.
type Attachment struct {
	// Filename is like invoice.pdf: no folders.
	Filename string `json:"filename"`
	Content  []byte `json:"content"`
	// ContentType is application/octet-stream by default.
	ContentType string `json:"content_type,omitempty"`
}

// Send stores an email, and returns its id; it is sent soon after.
func (m Mail) Send(email Email) (string, error) {
	var sent struct{ ID string }
	err := m.part.request(m.ctx, "POST", m.path, email, &sent)
	return sent.ID, err
}
