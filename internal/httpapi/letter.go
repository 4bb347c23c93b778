package httpapi

import (
	"context"

	"chengqiao/internal/httpapi/oas"
	"chengqiao/internal/notify"
	"chengqiao/internal/policy"
)

// LetterEndings end letters by the signed link of one of them.
type LetterEndings interface {
	// End may be repeated. Error: errs.Invalid "token_invalid".
	End(ctx context.Context, actor policy.Actor, token string) (EndedLetters, error)
}

// EndedLetters are the letters of a topic, or of the alert of a saved search.
type EndedLetters struct {
	// Topic is "" of the letters of an alert.
	Topic notify.Topic
	// Name is the saved search's; "" where it was deleted.
	Name string
	// InApp: of the same the app goes on telling.
	InApp bool
}

// ListMyLetters implements the contract.
func (a *API) ListMyLetters(ctx context.Context, _ oas.ListMyLettersRequestObject) (oas.ListMyLettersResponseObject, error) {
	choices, err := a.letterChoices(ctx)
	return oas.ListMyLetters200JSONResponse{LetterChoicesJSONResponse: choices}, err
}

// ChooseMyLetters implements the contract.
func (a *API) ChooseMyLetters(ctx context.Context, req oas.ChooseMyLettersRequestObject) (oas.ChooseMyLettersResponseObject, error) {
	if err := a.Notices.Choose(ctx, actorOf(ctx), notify.Choice{Topic: req.Body.Topic, On: req.Body.On}); err != nil {
		return nil, err
	}
	choices, err := a.letterChoices(ctx)
	return oas.ChooseMyLetters200JSONResponse{LetterChoicesJSONResponse: choices}, err
}

func (a *API) letterChoices(ctx context.Context) (oas.LetterChoicesJSONResponse, error) {
	choices, err := a.Notices.Choices(ctx, actorOf(ctx))
	return oas.LetterChoicesJSONResponse{Items: list(choices, func(c notify.Choice) oas.LetterChoice {
		return oas.LetterChoice{Topic: c.Topic, On: c.On}
	})}, err
}

// Unsubscribe implements the contract.
func (a *API) Unsubscribe(ctx context.Context, req oas.UnsubscribeRequestObject) (oas.UnsubscribeResponseObject, error) {
	ended, err := a.Endings.End(ctx, actorOf(ctx), req.Body.Token)
	if err != nil {
		return nil, err
	}
	return oas.Unsubscribe200JSONResponse{Topic: ended.Topic, Name: ended.Name, InApp: ended.InApp}, nil
}

// ReadMessages implements the contract.
func (a *API) ReadMessages(ctx context.Context, req oas.ReadMessagesRequestObject) (oas.ReadMessagesResponseObject, error) {
	return oas.ReadMessages204Response{}, a.Notices.ReadTalk(ctx, actorOf(ctx), req.ID, req.Body.UpTo)
}
