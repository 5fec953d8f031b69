{-# LANGUAGE OverloadedStrings #-}
module Main (main) where

import Control.Monad.Trans.Resource (runResourceT)
import qualified Data.Aeson as A
import Data.Aeson ((.=))
import qualified Data.ByteString.Lazy as L
import qualified Data.Text as T
import qualified Data.Text.Encoding as T
import Data.Time.Clock (addUTCTime, getCurrentTime)
import qualified Facebook as FB
import Network.HTTP.Conduit (newManager, tlsManagerSettings)
import System.Environment (getArgs, getEnv)

main :: IO ()
main = do
  [call, psid, value] <- getArgs
  token <- T.pack <$> getEnv "PAGE_TOKEN"
  secret <- getEnv "APP_SECRET"
  manager <- newManager tlsManagerSettings
  now <- getCurrentTime
  let json = L.toStrict . A.encode
      credentials = FB.Credentials "bot" "0" (T.pack secret) True
      access = FB.UserAccessToken (FB.Id "0") token (addUTCTime 3600 now)
      recipient = ("recipient", json (A.object ["id" .= psid]))
      (path, other) =
        if call == "send"
          then ("/me/messages", ("message", json (A.object ["text" .= value])))
          else ("/me/pass_thread_control", ("target_app_id", T.encodeUtf8 (T.pack value)))
  _ <- runResourceT (FB.runFacebookT credentials manager (FB.postObject path [recipient, other] access))
         :: IO A.Value
  return ()
