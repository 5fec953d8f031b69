package main

import (
	"log"
	"os"

	facebook "github.com/huandu/facebook/v2"
)

func main() {
	call, psid, value := os.Args[1], os.Args[2], os.Args[3]
	session := facebook.New("", os.Getenv("APP_SECRET")).Session(os.Getenv("PAGE_TOKEN"))
	if err := session.EnableAppsecretProof(true); err != nil {
		log.Fatal(err)
	}
	params := facebook.Params{"recipient": facebook.Params{"id": psid}}
	path := "/me/messages"
	if call == "send" {
		params["message"] = facebook.Params{"text": value}
	} else {
		path = "/me/pass_thread_control"
		params["target_app_id"] = value
	}
	if _, err := session.Post(path, params); err != nil {
		log.Fatal(err)
	}
}
