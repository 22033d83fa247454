<?php
// Sends an act with ext-soap and reads its status: WSDL address, login, password and a JSON document come as arguments.
[, $address, $login, $password, $json] = $argv;

// The document holds one item under a list as JSON does; ext-soap wants the same shape.
$document = json_decode($json);
$client = new SoapClient($address, [
    'login' => $login, 'password' => $password, 'cache_wsdl' => WSDL_CACHE_NONE,
    'soap_version' => SOAP_1_1, 'exceptions' => true, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
]);

$answer = ['ping' => $client->Ping()->return];
$answer['connected'] = $client->TestConnection()->return;
$send = ['Document' => $document, 'Key' => 'php-1', 'Signature' => null];
$receipt = $client->SendAct($send)->return;
$answer['id'] = $receipt->DocumentId;
$repeat = $client->SendAct($send)->return;
$answer['repeat'] = [$repeat->DocumentId, $repeat->Repeat];
$status = $client->GetStatus(['DocumentId' => $receipt->DocumentId])->return;
$answer['status'] = [$status->Kind, $status->SenderName, $status->State, $status->Date];
$answer['bytes'] = strlen($client->GetDocument(['DocumentId' => $receipt->DocumentId])->return);
$changes = $client->GetChanges(['Cursor' => null, 'Limit' => 10])->return;
$answer['changes'] = array_map(fn ($change) => $change->Event, $changes->Change);
try {
    $client->GetStatus(['DocumentId' => 'no-such-document']);
} catch (SoapFault $fault) {
    $faults = $fault->detail->Faults;
    // The features above do not reach into the detail: one fault comes as an object.
    $first = is_array($faults->Fault) ? $faults->Fault[0] : $faults->Fault;
    $answer['fault'] = [$fault->faultcode, $fault->faultstring, $first->Code, $faults->RequestId];
}
echo json_encode($answer, JSON_UNESCAPED_UNICODE), "\n";
